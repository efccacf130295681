import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadClip, saveClip, useBackend } from '../../src/node.ts';
import { assertClose, assertSameDirection } from '../assert-close.ts';
import { goldens, pixelTensor, readGolden } from '../golden.ts';
import { collectWarnings } from '../warnings.ts';
import { runPython } from './python.ts';

let directory: string;
before(() => useBackend('wasm'));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('another image size', () => {
  it('has a golden file that is what open_clip makes', async () => {
    const path = join(directory, 'resized.safetensors');
    runPython('positions.py', 'grids', path);
    const made = await readGolden(path);
    const golden = await readGolden(join(goldens, 'positions', 'resized.safetensors'));
    for (const side of ['7', '1', '4', '6', '8', '12']) assert.deepEqual(golden(side), made(side));
  });

  const bare = { activation: 'quick_gelu' } as const;
  const cases = [
    { source: 'open_clip-vit-gelu', command: 'open' },
    { source: 'openai-vit/model.safetensors', options: bare, command: 'open' },
    { source: 'openai-rn/model.safetensors', options: bare, command: 'resnet' },
  ];
  for (const { source, options, command } of cases) {
    for (const change of [1, -1]) {
      it(`gives ${source} open_clip's embeddings with a grid ${change > 0 ? 'larger' : 'smaller'} by one`, async () => {
        await collectWarnings(async () => {
          using usual = await loadClip(join(goldens, 'models', source), options);
          await saveClip(usual, directory, { layout: 'open_clip' });
          const { vision } = usual.config;
          assert.ok(vision);
          const size = vision.imageSize + change * (vision.kind === 'vit' ? vision.patchSize : 32);
          const printed = runPython('positions.py', command, directory, String(size));
          if (command === 'open')
            assert.match(printed, new RegExp(`Resize\\(size=${size}, .*CenterCrop\\(size=\\(${size}`));
          else assert.match(printed, /size mismatch for visual.attnpool.positional_embedding/); // open_clip resizes none
          const golden = await readGolden(join(directory, 'outputs.safetensors'));
          using clip = await loadClip(directory, { imageSize: size });
          const features = tf.tidy(() => clip.encodeImage(pixelTensor(golden('pixel_values_nchw'))).dataSync());
          const expected = golden('image_features').values;
          assertClose('image_features', features, expected, 1e-4);
          assertSameDirection('image_features', features as Float32Array, expected, clip.config.embedDim);
        });
      });
    }
  }
});
