import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadClip, saveClip, useBackend } from '../../src/node.ts';
import { resizePositions } from '../../src/weights/image-size.ts';
import { assertClose } from '../assert-close.ts';
import { goldens, readGolden } from '../golden.ts';
import { collectWarnings } from '../warnings.ts';

const models = join(goldens, 'models');

describe('resizePositions()', () => {
  for (const side of [1, 4, 6, 8, 12]) {
    it(`gives open_clip's values for a grid of ${side} x ${side}`, async () => {
      const golden = await readGolden(join(goldens, 'positions', 'resized.safetensors'));
      const expected = golden(String(side)).values;
      assertClose('positions', resizePositions(golden('7').values, 7, side), expected, 2e-6);
    });
  }
});

describe('loadClip() for another image size', () => {
  let directory: string;
  before(() => useBackend('cpu'));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('takes and makes pictures of that size, and leaves all but the positions as they were', async () => {
    using usual = await loadClip(join(models, 'open_clip-vit-gelu'));
    const { vision } = usual.config;
    assert.ok(vision?.kind === 'vit');
    const imageSize = vision.imageSize + 2 * vision.patchSize;
    using clip = await loadClip(join(models, 'open_clip-vit-gelu'), { imageSize });
    assert.equal(clip.config.vision?.imageSize, imageSize);
    assert.equal(clip.config.preprocess.size, imageSize);
    for (const [name, tensor] of clip.parameters) {
      const before = usual.parameters.get(name) as tf.Tensor;
      if (name === 'visual.positionalEmbedding') {
        const from = Math.sqrt((before.shape[0] as number) - 1);
        const expected = resizePositions(before.dataSync<'float32'>(), from, from + 2);
        assert.deepEqual(tensor.dataSync(), expected);
      } else {
        assert.deepEqual(tensor.dataSync(), before.dataSync(), name);
      }
    }
    tf.tidy(() => assert.deepEqual(clip.encodeImage(tf.zeros([1, imageSize, imageSize, 3])).shape[0], 1));
    await collectWarnings(() => saveClip(clip, directory, { layout: 'open_clip' }));
    using again = await loadClip(directory);
    assert.deepEqual(again.config, clip.config);
  });

  it('has nothing to do where the size is that of training', async () => {
    using usual = await loadClip(join(models, 'open_clip-vit-gelu'));
    const imageSize = usual.config.vision?.imageSize as number;
    using clip = await loadClip(join(models, 'open_clip-vit-gelu'), { imageSize });
    const positions = ({ parameters }: typeof clip) => parameters.get('visual.positionalEmbedding')?.dataSync();
    assert.deepEqual(positions(clip), positions(usual));
  });

  it('serves one tower alone', async () => {
    using clip = await loadClip(join(models, 'open_clip-vit-gelu'), { towers: 'text', imageSize: 1024 });
    assert.equal(clip.config.preprocess.size, 1024);
  });

  it('does it only where asked: a config of another size is refused', async () => {
    await cp(join(models, 'open_clip-vit-gelu'), directory, { recursive: true });
    const path = join(directory, 'open_clip_config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    const { patch_size } = config.model_cfg.vision_cfg;
    config.model_cfg.vision_cfg.image_size += patch_size;
    await writeFile(path, JSON.stringify(config));
    await assert.rejects(
      loadClip(directory),
      /'visual.positional_embedding' should be \[\d+, \d+\] but is \[\d+, \d+\]$/,
    );
  });

  it('refuses sizes that the patches do not fill', async () => {
    const before = tf.memory().numTensors;
    const load = (imageSize: number) => loadClip(join(models, 'open_clip-vit-gelu'), { imageSize });
    await assert.rejects(load(33), /imageSize 33 is not divisible by patchSize \d+/);
    await assert.rejects(load(0), /imageSize 0 must be a positive integer/);
    await assert.rejects(load('64' as unknown as number), /imageSize 64 must be a positive integer/);
    assert.equal(tf.memory().numTensors, before);
  });
});
