import * as tf from '@tensorflow/tfjs';
import { product } from './product.ts';

/** y = x · kernel + bias. The kernel is [inputs, outputs], the transpose of PyTorch's. Projections have no bias. */
export type Linear = { kernel: tf.Tensor2D; bias?: tf.Tensor1D };

/**
 * Applies a linear layer to the last axis. Leading axes are flattened first: one 2-D product is the fast path of every
 * backend, and the only form of tf.matMul whose gradient is right for a shared kernel.
 * @param x [..., inputs]
 * @returns [..., outputs]
 */
export function linear<T extends tf.Tensor>({ kernel, bias }: Linear, x: T): T {
  const [inputs, outputs] = kernel.shape;
  const rows = product(tf.reshape(x, [-1, inputs]), kernel); // [rows, outputs]
  return tf.reshape(bias ? tf.add(rows, bias) : rows, [...x.shape.slice(0, -1), outputs]) as T;
}
