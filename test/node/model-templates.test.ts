import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelTemplates } from '../../src/node/model-templates.ts';
import { loadClip, ModelError, saveClip, templateSets, useBackend } from '../../src/node.ts';

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

  it('stay with a model that is saved in any layout', async () => {
    await useBackend('cpu');
    const clip = await loadClip('emoji-clip');
    assert.deepEqual(clip.config.promptTemplates, templateSets.drawings.templates);
    for (const layout of ['huggingface', 'openai', 'open_clip'] as const) {
      const directory = join(folder, layout);
      await saveClip(clip, directory, { layout });
      assert.deepEqual(await modelTemplates(directory), templateSets.drawings.templates);
    }
    clip.dispose();
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
