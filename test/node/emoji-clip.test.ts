import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildClassifier, classify, loadClip, readImage, useBackend } from '../../src/node.ts';
import { uniformNumbers } from '../../src/random.ts';

/** What `loadClip('emoji-clip')` gives: the model that is part of the package, and not one of random weights. */
describe('emoji-clip', () => {
  const labels = ['hot beverage', 'umbrella', 'skull', 'rugby football', 'helicopter', 'nothing', 'noise'];

  it('knows drawings that it was trained on, a style that it was not, and noise', async () => {
    await useBackend('wasm');
    using clip = await loadClip('emoji-clip');
    assert.deepEqual(clip.config.preprocess.background, [255, 255, 255]);
    const classifier = await buildClassifier(clip, labels, { templates: ['{}', 'a drawing of {}'] });
    const best = async (path: string) =>
      (await classify(clip, await readImage(join('examples', 'drawings', path)), classifier)).best?.label;
    assert.equal(await best('noto/hot-beverage.png'), 'hot beverage');
    assert.equal(await best('noto/rugby-football.png'), 'rugby football');
    assert.equal(await best('noto/helicopter.png'), 'helicopter');
    assert.equal(await best('streamline/skull.png'), 'skull');
    const uniform = uniformNumbers(1);
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, () => 256 * uniform());
    const { best: ofNoise } = await classify(clip, { width: 64, height: 64, mode: 'RGB', data }, classifier);
    assert.ok(['nothing', 'noise'].includes(ofNoise?.label ?? ''), ofNoise?.label);
  });

  it('is at most 6 MB', async () => {
    assert.ok((await stat(join('weights', 'emoji-clip', 'model.safetensors'))).size <= 6e6);
  });
});
