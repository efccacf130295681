import * as tf from '@tensorflow/tfjs';

/**
 * Operators that an engine may have besides tfjs's own (kernels/*.h): what a block does between its matrix products, each in
 * one pass over memory, the gradients of that, and the optimiser's step. By these names they are registered for `wasm` (src/wasm) and
 * `tensorflow` (src/node).
 */
export const fusedKernels = {
  /** { x, gain, bias }, { epsilon }: layerNorm() of rows. */
  layerNorm: 'ClipLayerNorm',
  /** { x, bias }, { gelu: 0 | 1 }: QuickGELU or GELU of x + bias. */
  biasActivation: 'ClipBiasActivation',
  /** { x, bias, residual }: residual + (x + bias). */
  biasResidual: 'ClipBiasResidual',
  /** { qkv [batch, seq, 3 · width], bias, mask [seq, seq] or empty [0] }, { heads }: attention() between its projections. */
  attend: 'ClipAttend',
  /** { x, gain, dy }, { epsilon }: the gradients of layerNorm by x, by the gain and by the bias. */
  layerNormBackward: 'ClipLayerNormBackward',
  /** { x, bias, dy }, { gelu: 0 | 1 }: the gradient of biasActivation by x. */
  biasActivationBackward: 'ClipBiasActivationBackward',
  /** { x [rows, width] }: the sum of the rows, which is the gradient of a bias. */
  sumRows: 'ClipSumRows',
  /** { qkv, bias, mask, dy [batch · seq, width] }, { heads }: the gradient of attend by qkv. */
  attendBackward: 'ClipAttendBackward',
  /** { factors [7], parameter, gradient, first, second }: those and the parameter after a step, see src/train/adamw-step.ts. */
  adamW: 'ClipAdamW',
} as const;

/** On `wasm` alone, whose own gradient of a product is slow: see fused-gradients.ts. */
export const productKernels = {
  /** { x [rows, inputs], kernel [inputs, outputs] }: x · kernel, as tf.matMul computes it. */
  product: 'ClipProduct',
  /** { x [rows, inputs], dy [rows, outputs] }: xᵀ · dy, the gradient of a product by its kernel. */
  transposedProduct: 'ClipTransposedProduct',
} as const;

/** Whether the engine in use has an operator. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs an operator with one result. */
export function runKernel<T extends tf.Tensor>(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, number> = {},
): T {
  return tf.engine().runKernel<T>(name, inputs, attributes);
}
