import assert from 'node:assert/strict';
import { findTemplateSet } from '../../src/classify/template-sets.ts';
import { runPython } from './python.ts';

describe('template sets beside Python', () => {
  it('are open_clip’s copies of OpenAI’s eighty and seven, in their order', () => {
    const theirs = JSON.parse(runPython('templates.py')) as Record<string, string[]>;
    assert.deepEqual(Object.keys(theirs), ['openai-80', 'openai-7']);
    for (const [name, templates] of Object.entries(theirs))
      assert.deepEqual(findTemplateSet(name).templates, templates, name);
  });
});
