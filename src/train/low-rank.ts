import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { assertShape, ModelError } from '../errors.ts';

/** A change of a kernel [inputs, outputs] as a product: `a` [inputs, rank] times `b` [rank, outputs], row by row. */
export type LowRank = { rank: number; a: Float32Array; b: Float32Array };

/** What LoRA has learned, as plain data: each kernel changes by alpha / rank · a · b. */
export type LoraAdapter = {
  /** Of the training; where three projections side by side have each its own `a`, the kernel's rank is three times that. */
  rank: number;
  alpha: number;
  /** By the kernels' names, e.g. `visual.resblocks.0.attn.qkv.kernel`. */
  kernels: ReadonlyMap<string, LowRank>;
};

/**
 * base + scale · a · b (Hu et al. 2021, equation 3).
 * @param base [inputs, outputs]
 * @param a [inputs, rank]
 * @param b [rank, outputs]
 */
export function mergedKernel(base: tf.Tensor2D, a: tf.Tensor2D, b: tf.Tensor2D, scale: number): tf.Tensor2D {
  return tf.tidy(() => tf.add(base, tf.mul(tf.matMul(a, b), scale))); // [inputs, outputs]
}

/**
 * Adds an adapter to a model, in place: afterwards the model is one like any other.
 * @throws ModelError on a kernel that the model has not, TypeError on one of another shape; then nothing was changed
 */
export function mergeAdapter(clip: Clip, adapter: LoraAdapter): void {
  const { kernels } = adapter;
  const scale = adapter.alpha / adapter.rank;
  for (const [name, { rank, a, b }] of kernels) {
    const kernel = clip.parameters.get(name);
    if (!kernel) throw new ModelError(`Cannot merge the adapter: the model has no kernel '${name}'`);
    const shape = [a.length / rank, b.length / rank];
    assertShape(`Cannot merge the adapter: expected a change of '${name}' of`, shape, kernel.shape);
  }
  for (const [name, { rank, a, b }] of kernels) {
    const base = clip.parameters.get(name) as tf.Tensor2D;
    const [inputs, outputs] = base.shape;
    const merged = tf.tidy(() =>
      mergedKernel(base, tf.tensor2d(a, [inputs, rank]), tf.tensor2d(b, [rank, outputs]), scale),
    );
    clip.replace(name, merged);
  }
}
