import * as tf from '@tensorflow/tfjs';
import { hasKernel, productKernels, runKernel } from './fused-kernels.ts';

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

/**
 * x · kernel. On wasm by an operator of our own, whose gradient is fast; the product itself is tfjs's.
 * @param x [rows, inputs]
 * @param kernel [inputs, outputs]
 * @returns [rows, outputs]
 */
export function product(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D {
  return hasKernel(productKernels.product) ? runKernel(productKernels.product, { x, kernel }) : tf.matMul(x, kernel);
}
