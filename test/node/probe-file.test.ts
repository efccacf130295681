import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProbeFile } from '../../src/node/probe-file.ts';
import { type Clip, loadProbe, saveProbe, useBackend } from '../../src/node.ts';
import { buildTipAdapter, type LinearProbe, predictProbe } from '../../src/train.ts';
import { tinyClip } from '../tiny-clip.ts';

describe('saveProbe() and loadProbe()', () => {
  let folder: string;
  let clip: Clip;
  const at = (name: string) => join(folder, name);
  const rows = (...values: number[][]) => values.map((row) => Float32Array.from(row));
  const linear: LinearProbe = {
    method: 'linear',
    classNames: ['cat', 'dög'],
    weights: rows([1, 2, 0.1], [3, -1, 0]),
    biases: Float32Array.of(0.5, -0.25),
    c: 0.1,
  };
  const words = { classNames: ['cat', 'dög'], weights: rows([1, 0, 0], [0, 1, 0]) };
  const adapter = buildTipAdapter(words, rows([1, 1, 0], [0, 1, 1]), [0, 1], { logitScale: 25, alpha: 0.7, beta: 3 });

  before(async () => {
    await useBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    clip = tinyClip();
  });
  after(async () => {
    clip.dispose();
    await rm(folder, { recursive: true });
  });

  for (const probe of [linear, adapter])
    it(`keep a ${probe.method} probe as it is`, async () => {
      await saveProbe(at('probe.safetensors'), { ...probe }, clip, { exifRotate: true });
      const loaded = await loadProbe(at('probe.safetensors'), clip);
      assert.deepEqual(loaded, probe);
      assert.equal((await readProbeFile(at('probe.safetensors'))).exifRotate, true);
      const features = rows([0.3, 2, 1]);
      assert.deepEqual(predictProbe(features, loaded), predictProbe(features, probe));
    });

  it('refuse another model, and a file that is no probe', async () => {
    await saveProbe(at('probe.safetensors'), linear, clip);
    const other = tinyClip(6);
    await assert.rejects(loadProbe(at('probe.safetensors'), other), /the image tower was .*make one for this one/);
    other.dispose();
    await assert.rejects(loadProbe(at('none'), clip), /no such file/);
    await writeFile(at('text'), 'none');
    await assert.rejects(loadProbe(at('text'), clip), /Cannot read the probe/);
    await assert.rejects(
      loadProbe(join('weights', 'emoji-clip', 'model.safetensors'), clip),
      /expected a probe but its metadata has no clip_tfjs_probe; 'clip-tfjs probe' writes probes/,
    );
  });
});
