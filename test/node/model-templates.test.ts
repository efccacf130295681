import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelTemplates } from '../../src/node/model-templates.ts';
import { ModelError, templateSets } from '../../src/node.ts';

describe('modelTemplates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const write = (text: string) => writeFileSync(join(folder, 'clip_tfjs.json'), text);

  it('are the drawings of emoji-clip', async () => {
    assert.deepEqual(await modelTemplates('emoji-clip'), templateSets.drawings.templates);
  });

  it('are none where a model does not say, or is not there', async () => {
    assert.equal(await modelTemplates(join(folder, 'none')), undefined);
    assert.equal(await modelTemplates(folder), undefined);
  });

  it('are read from a directory, and refused where they are none', async () => {
    write('{"promptTemplates": ["an X-ray of {}"]}');
    assert.deepEqual(await modelTemplates(folder), ['an X-ray of {}']);
    for (const text of ['{', 'null', '{}', '{"promptTemplates": []}', '{"promptTemplates": ["a photo"]}']) {
      write(text);
      await assert.rejects(
        modelTemplates(folder),
        (error) => error instanceof ModelError && /clip_tfjs\.json/.test(error.message),
      );
    }
  });
});
