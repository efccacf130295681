import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadClip, useBackend } from '../../src/node.ts';
import { finetune, type GradientOptions, type ReadyBatch } from '../../src/train.ts';
import { assertClose, largest } from '../assert-close.ts';
import { goldens, onEachBackend, pixelTensor, readGolden } from '../golden.ts';

const folder = join(goldens, 'train');
type Recorded = { step: number; lr: number; loss: number; grad_norm: number; logit_scale: number };

/** Twelve batches of eight, PyTorch's [step, batch, 3, height, width]. */
async function* recordedBatches(): AsyncGenerator<ReadyBatch> {
  const golden = await readGolden(join(folder, 'batches.safetensors'));
  const [pixels, ids] = [golden('pixel_values_nchw'), golden('input_ids')];
  const row = ({ shape: [steps = 1, ...shape], values }: typeof pixels, step: number) => {
    const size = values.length / steps;
    return { shape, values: values.subarray(step * size, (step + 1) * size) };
  };
  for (let step = 0; step < (pixels.shape[0] as number); step++) {
    const nhwc = pixelTensor(row(pixels, step));
    try {
      yield { pixels: nhwc, ids: Int32Array.from(row(ids, step).values) };
    } finally {
      nhwc.dispose();
    }
  }
}

describe('training as PyTorch trains', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    const ways: Record<string, GradientOptions> = {
      'with one tape': { recompute: false },
      ...(backend !== 'cpu' && { 'in chunks of 3, block by block': { chunkSize: 3 } }), // cpu takes half a minute
    };
    for (const [way, options] of Object.entries(ways)) {
      it(`takes the recorded steps, ${way}`, async () => {
        const { steps } = JSON.parse(await readFile(join(folder, 'trajectory.json'), 'utf8')) as { steps: Recorded[] };
        const before = tf.memory().numTensors;
        const clip = await loadClip(join(folder, 'start'));
        const recipe = {
          steps: 12,
          learningRate: 1e-3,
          betas: [0.9, 0.98],
          eps: 1e-6,
          weightDecay: 0.2,
          clipNorm: 1,
          warmup: 3,
          schedule: 'cosine',
        } as const;
        let count = 0;
        for await (const ours of finetune(clip, recordedBatches(), { ...recipe, ...options })) {
          const theirs = steps[count++] as Recorded;
          const near = (what: string, value: number, expected: number) =>
            assertClose(`${what} of step ${theirs.step}`, [value], [expected], 1e-4 * Math.abs(expected));
          assert.equal(ours.step, theirs.step + 1);
          near('learning rate', ours.learningRate, theirs.lr);
          near('loss', ours.loss, theirs.loss);
          near('gradient norm', ours.gradientNorm, theirs.grad_norm);
          near('log temperature', Math.log(ours.logitScale), theirs.logit_scale);
        }
        assert.equal(count, steps.length);

        const end = await loadClip(join(folder, 'end'));
        for (const [name, expected] of end.parameters) {
          const values = await expected.data();
          assertClose(name, await clip.parameters.get(name)!.data(), values, 1e-4 * largest(values));
        }
        clip.dispose();
        end.dispose();
        assert.equal(tf.memory().numTensors, before);
      });
    }
  });
});
