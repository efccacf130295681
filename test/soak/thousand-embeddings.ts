// Embeds pictures and texts by the thousand on one backend and prints what memory does as JSON; see soak.test.ts.
// node --expose-gc thousand-embeddings.js BACKEND
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../../src/backend.ts';
import { embedImages, embedTexts, loadClip, useBackend } from '../../src/node.ts';
import { uniformNumbers } from '../../src/random.ts';

const backend = await useBackend(process.argv[2] as BackendName);
// Allocators need some thousands to settle. A GPU that is software takes a second for each few.
const [warmUp, rounds, perRound] = backend === 'webgpu' ? [300, 20, 50] : [5000, 80, 100];
const clip = await loadClip(join('test', 'goldens', 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
const { size } = clip.config.preprocess;
const uniform = uniformNumbers(1);

/** New pictures and texts each time, as a service would meet them; batches of several sizes. */
async function embed(count: number): Promise<void> {
  for (let done = 0; done < count; ) {
    const batch = 1 + Math.floor(uniform() * 8);
    const images = Array.from({ length: batch }, () => Float32Array.from({ length: size * size * 3 }, uniform));
    const texts = images.map(() => 'a photo of a cat '.repeat(1 + Math.floor(uniform() * 6)));
    await embedImages(clip, images);
    await embedTexts(clip, texts);
    done += batch;
  }
}

await embed(warmUp);
const { numTensors } = tf.memory();
const megabytes: number[] = [];
for (let round = 0; round < rounds; round++) {
  await embed(perRound);
  globalThis.gc?.();
  await new Promise((resume) => setTimeout(resume, 10)); // finalisers run
  globalThis.gc?.();
  megabytes.push(process.memoryUsage().rss / 1e6);
}
const tensorsLeft = tf.memory().numTensors - numTensors;
clip.dispose();
console.log(JSON.stringify({ backend, tensorsLeft, perThousand: 1000 * (slope(megabytes) / perRound), megabytes }));

/** By least squares, per step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [products, squares] = [0, 0];
  for (const [step, value] of values.entries()) {
    products += (step - middle) * (value - mean);
    squares += (step - middle) ** 2;
  }
  return products / squares;
}
