import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config.ts';
import type { Attention } from './attention.ts';
import type { LayerNorm } from './layer-norm.ts';

/**
 * Operators that an engine may have besides tfjs's own (kernels/*.h): what a block does between its matrix products, each in
 * one pass over memory, the gradients of that, and the optimiser's step. By these names they are registered for `wasm`
 * (src/wasm) and `tensorflow` (src/node).
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
  /** { x, bias, dy }, { gelu: 0 | 1 }: biasActivation once more, and its gradient by x. */
  biasActivationBackward: 'ClipBiasActivationBackward',
  /** { qkv, bias, mask, dy [batch · seq, width] }, { heads }: the gradient of attend by qkv. */
  attendBackward: 'ClipAttendBackward',
  /** { x [rows, width] }: the sum of the rows, which is the gradient of a bias. */
  sumRows: 'ClipSumRows',
  /** { factors [7], parameter, gradient, first, second }: those and the parameter after a step, see src/train/adamw-step.ts. */
  adamW: 'ClipAdamW',
} as const;

/** Whether the engine in use has an operator. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs an operator, which gives a tensor, or several. */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, number> = {},
): T {
  return tf.engine().runKernel(name, inputs, attributes) as T;
}

/** @param x [rows, width] */
export function fusedLayerNorm({ gain, bias, epsilon }: LayerNorm, x: tf.Tensor2D): tf.Tensor2D {
  return runKernel(fusedKernels.layerNorm, { x, gain, bias }, { epsilon });
}

/** @returns the gradients by x, by the gain and by the bias */
export function layerNormBackward(
  { gain, epsilon }: LayerNorm,
  x: tf.Tensor2D,
  dy: tf.Tensor2D,
): [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D] {
  return runKernel(fusedKernels.layerNormBackward, { x, gain, dy }, { epsilon });
}

/** The activation of x + bias. @param x [rows, mlpWidth] */
export function biasActivation(activation: Activation, x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return runKernel(fusedKernels.biasActivation, { x, bias }, { gelu: activation === 'gelu' ? 1 : 0 });
}

/** @returns the activation of x + bias, and the gradient by x */
export function biasActivationBackward(
  activation: Activation,
  x: tf.Tensor2D,
  bias: tf.Tensor1D,
  dy: tf.Tensor2D,
): [tf.Tensor2D, tf.Tensor2D] {
  return runKernel(fusedKernels.biasActivationBackward, { x, bias, dy }, { gelu: activation === 'gelu' ? 1 : 0 });
}

/** residual + (x + bias). */
export function biasResidual(x: tf.Tensor2D, bias: tf.Tensor1D, residual: tf.Tensor2D): tf.Tensor2D {
  return runKernel(fusedKernels.biasResidual, { x, bias, residual });
}

/** attention() between its projections. @param projected [batch, seq, 3 · width], without bias @returns [batch · seq, width] */
export function attend({ qkv, heads }: Attention, projected: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor2D {
  return runKernel(
    fusedKernels.attend,
    { qkv: projected, bias: biasOf(qkv), mask: mask ?? tf.tensor1d([]) },
    { heads },
  );
}

/** @returns [batch, seq, 3 · width]: the gradient by the projections */
export function attendBackward(
  { qkv, heads }: Attention,
  projected: tf.Tensor3D,
  mask: tf.Tensor2D | undefined,
  dy: tf.Tensor2D,
): tf.Tensor3D {
  const inputs = { qkv: projected, bias: biasOf(qkv), mask: mask ?? tf.tensor1d([]), dy };
  return runKernel(fusedKernels.attendBackward, inputs, { heads });
}

/** @param x [rows, width] @returns [width] */
export function sumRows(x: tf.Tensor2D): tf.Tensor1D {
  return runKernel(fusedKernels.sumRows, { x });
}

/** Every linear layer of a block has a bias; only the projections at the ends of the towers have none. */
export function biasOf({ bias }: { bias?: tf.Tensor1D }): tf.Tensor1D {
  if (!bias) throw new TypeError('Cannot run a fused block: expected linear layers with a bias but one has none');
  return bias;
}
