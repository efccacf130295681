import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../src/backend.ts';
import { fileSource } from '../src/node/files.ts';
import { openSafetensors } from '../src/weights/safetensors.ts';

export const goldens = join('test', 'goldens');

/** A golden tensor as plain data. */
export type Golden = { shape: number[]; values: Float32Array };

/** The tensors of a safetensors file by name. */
export async function readGolden(path: string): Promise<(name: string) => Golden> {
  const file = await openSafetensors(await fileSource(path));
  const all = new Map<string, Golden>();
  for (const [name, { shape }] of file.tensors) {
    all.set(name, { shape: [...shape], values: Float32Array.from((await file.read(name)) as Float32Array) });
  }
  await file.close();
  return (name) => {
    const golden = all.get(name);
    if (!golden) throw new Error(`the golden file has no ${name}, only ${[...all.keys()].join(', ')}`);
    return golden;
  };
}

/** PyTorch's [batch, 3, height, width] as [batch, height, width, 3]. */
export function pixelTensor({ shape, values }: Golden): tf.Tensor4D {
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, shape as [number, number, number, number]), [0, 2, 3, 1]));
}

export function idTensor({ shape, values }: Golden): tf.Tensor2D {
  return tf.tensor2d(values, shape as [number, number], 'int32');
}

/** The backends under test: CLIP_TFJS_BACKENDS, e.g. `tensorflow,webgpu`, else those that need no installation. */
export const testedBackends = (process.env.CLIP_TFJS_BACKENDS ?? 'cpu,wasm').split(',') as BackendName[];

/** Runs the same tests on every backend under test. */
export function onEachBackend(tests: (backend: BackendName) => void): void {
  for (const backend of testedBackends) describe(`on ${backend}`, () => tests(backend));
}
