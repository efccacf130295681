/** Training with clip-tfjs: training.js BACKEND (kept | again) BATCH DIRECTORY THREADS. See ../training.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { type BackendName, loadClip, useBackend } from '../../src/node.ts'; // in your project: 'clip-tfjs/node'
import { finetune } from '../../src/train.ts';

export type TrainingRequest = { do: 'steps'; count: number };

/** The losses before each step; and for our own program, of the last step, what tensors took over the model and the optimiser. */
export type TrainingAnswer = { losses?: number[]; bytesOver?: number };

const [backend, values, batchSize, directory] = process.argv.slice(2) as [BackendName, string, string, string];
await useBackend(backend);
const clip = await loadClip(join(directory, 'model'));
const peak = countBytes();
const steps = finetune(clip, sameBatch(Number(batchSize)), {
  steps: Number.MAX_SAFE_INTEGER,
  warmup: 0,
  schedule: 'constant',
  learningRate: 1e-3,
  weightDecay: 0.1,
  recompute: values === 'again',
});

/** Pictures and texts of the directory, always the same: what is timed is the training, not the reading. */
function* sameBatch(batch: number): Generator<{ pixels: tf.Tensor4D; ids: tf.Tensor2D }> {
  const { size } = clip.config.preprocess;
  const read = (name: string) => new Uint8Array(readFileSync(join(directory, name))).buffer;
  const nchw = tf.tensor4d(new Float32Array(read('pixels.f32')), [batch, 3, size, size]);
  const pixels = tf.transpose(nchw, [0, 2, 3, 1]); // [batch, size, size, 3]
  const numbers = new Int32Array(read('ids.i32'));
  const ids = tf.tensor2d(numbers, [batch, numbers.length / batch], 'int32');
  nchw.dispose();
  for (;;) yield { pixels, ids };
}

/** Watches the bytes of all tensors. @returns the most there were since the last call */
function countBytes(): () => number {
  const { state } = tf.engine();
  let [bytes, most] = [state.numBytes, 0];
  Object.defineProperty(state, 'numBytes', {
    get: () => bytes,
    set: (value: number) => {
      bytes = value;
      most = Math.max(most, value);
    },
  });
  return () => {
    const before = most;
    most = bytes;
    return before;
  };
}

const weights = [...clip.parameters.values()].reduce((sum, { size }) => sum + 4 * size, 0);
for await (const line of createInterface({ input: process.stdin })) {
  const { count } = JSON.parse(line) as TrainingRequest;
  const answer: Required<TrainingAnswer> = { losses: [], bytesOver: 0 };
  for (let step = 0; step < count; step++) {
    peak();
    const { value } = await steps.next();
    answer.losses.push(value!.loss);
    answer.bytesOver = peak() - 4 * weights; // the weights, their gradients and two moments of each
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
