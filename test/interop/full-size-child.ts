/**
 * node full-size-child.js BACKEND                                describes the backend, or prints `missing`
 * node full-size-child.js BACKEND MODEL GOLDEN [ACTIVATION]      compares a model with recorded outputs
 */
import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../../src/backend.ts';
import type { Activation } from '../../src/config.ts';
import { describeDevice } from '../../src/node/doctor/device.ts';
import { loadClip, useBackend } from '../../src/node.ts';
import { type Golden, idTensor, pixelTensor, readGolden } from '../golden.ts';
import type { Deviation } from './full-size.ts';

const [backend = 'wasm', source, goldenPath = '', activation] = process.argv.slice(2) as [BackendName, ...string[]];

if (source === undefined) console.log(await describe(backend));
else console.log(JSON.stringify(await compare(source)));

async function describe(name: BackendName): Promise<string> {
  try {
    await useBackend(name);
    return JSON.stringify(await describeDevice(name));
  } catch (error) {
    if ((error as Error).message.includes('is not installed')) return 'missing';
    throw error;
  }
}

async function compare(model: string) {
  await useBackend(backend);
  const golden = await readGolden(goldenPath);
  const clip = await loadClip(model, activation ? { activation: activation as Activation } : {});
  const { embedDim } = clip.config;
  const image = await deviation(
    () => clip.encodeImage(pixelTensor(golden('pixel_values_nchw'))),
    golden('image_features'),
    embedDim,
  );
  const text = await deviation(() => clip.encodeText(idTensor(golden('input_ids'))), golden('text_features'), embedDim);
  return { image, text };
}

async function deviation(encode: () => tf.Tensor2D, { shape, values }: Golden, width: number): Promise<Deviation> {
  const encoded = tf.tidy(encode);
  const ours = await encoded.data<'float32'>();
  if (encoded.shape.join() !== shape.join()) throw new Error(`expected [${shape}] but got [${encoded.shape}]`);
  encoded.dispose();
  let error = 0;
  let cosine = 1;
  for (let start = 0; start < values.length; start += width) {
    let [dot, ourSquares, theirSquares] = [0, 0, 0];
    for (let i = start; i < start + width; i++) {
      const [one, other] = [ours[i] as number, values[i] as number];
      const difference = Math.abs(one - other);
      if (!(difference <= error)) error = difference; // NaN too
      dot += one * other;
      ourSquares += one * one;
      theirSquares += other * other;
    }
    const least = dot / Math.sqrt(ourSquares * theirSquares);
    if (!(least >= cosine)) cosine = least;
  }
  const typical = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  return { error, typical, cosine };
}
