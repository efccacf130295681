import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fused-kernels.ts';

/**
 * Operators of `wasm` alone (src/wasm), where tfjs transposes inside a product at a twentieth of the speed: a product that has
 * a gradient of ours, and what that needs.
 */
export const productKernels = {
  /** { x [rows, inputs], kernel [inputs, outputs] }: x · kernel, as tf.matMul computes it. */
  product: 'ClipProduct',
  /** { x [rows, inputs], dy [rows, outputs] }: xᵀ · dy. */
  transposedProduct: 'ClipTransposedProduct',
} as const;

/**
 * x · kernel, the product of linear layers.
 * @param x [rows, inputs]
 * @param kernel [inputs, outputs]
 * @returns [rows, outputs]
 */
export function product(x: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D {
  return hasKernel(productKernels.product) ? runKernel(productKernels.product, { x, kernel }) : tf.matMul(x, kernel);
}

/** Its gradient by x: dy · kernelᵀ. @param dy [rows, outputs] @returns [rows, inputs] */
export function productByInput(dy: tf.Tensor2D, kernel: tf.Tensor2D): tf.Tensor2D {
  if (!hasKernel(productKernels.product)) return tf.matMul(dy, kernel, false, true);
  return tf.matMul(dy, tf.transpose(kernel));
}

/** Its gradient by the kernel: xᵀ · dy. @param dy [rows, outputs] @returns [inputs, outputs] */
export function productByKernel(x: tf.Tensor2D, dy: tf.Tensor2D): tf.Tensor2D {
  const { transposedProduct } = productKernels;
  return hasKernel(transposedProduct) ? runKernel(transposedProduct, { x, dy }) : tf.matMul(x, dy, true, false);
}

/** Tells tfjs the gradient of the product that is an operator of ours; that of tf.matMul it knows. */
export function registerProductGradient(): void {
  tf.registerGradient({
    kernelName: productKernels.product,
    inputsToSave: ['x', 'kernel'],
    gradFunc: (dy, saved) => {
      const [x, kernel] = saved as [tf.Tensor2D, tf.Tensor2D];
      const d = dy as tf.Tensor2D;
      return { x: () => productByInput(d, kernel), kernel: () => productByKernel(x, d) };
    },
  });
}
