import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config.ts';
import type { Block } from './block.ts';
import { fusedKernels, hasKernel, runKernel } from './fused-kernels.ts';
import type { LayerNorm } from './layer-norm.ts';
import { product } from './linear.ts';

/** Whether the engine has the operators that a fused block needs. */
export function canFuse(): boolean {
  return hasKernel(fusedKernels.attend);
}

/**
 * The faster twin of `block`: the same four products, and between them one fused operator each instead of thirty. Its
 * gradient is that of its operators (fused-gradients.ts). bench/fused.ts has the figures; tests hold the two together.
 * @param x [batch, seq, width]
 * @param mask [seq, seq], see `attention`
 * @returns [batch, seq, width]
 */
export function fusedBlock({ ln1, attn, ln2, mlp }: Block, x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
  const [batch, seq, width] = x.shape;
  const rows = tf.reshape<tf.Rank.R2>(x, [batch * seq, width]); // [rows, width]
  const projected = product(fusedLayerNorm(ln1, rows), attn.qkv.kernel); // [rows, 3 · width]
  const qkv = tf.reshape(projected, [batch, seq, 3 * width]); // [batch, seq, 3 · width]
  const inputs = { qkv, bias: biasOf(attn.qkv), mask: mask ?? tf.tensor1d([]) };
  const mixed = runKernel<tf.Tensor2D>(fusedKernels.attend, inputs, { heads: attn.heads }); // [rows, width]
  const attended = biasResidual(product(mixed, attn.out.kernel), biasOf(attn.out), rows); // [rows, width]
  const widened = product(fusedLayerNorm(ln2, attended), mlp.fc.kernel); // [rows, mlpWidth]
  const hidden = biasActivation(mlp.activation, widened, biasOf(mlp.fc)); // [rows, mlpWidth]
  const y = biasResidual(product(hidden, mlp.proj.kernel), biasOf(mlp.proj), attended); // [rows, width]
  return tf.reshape(y, [batch, seq, width]);
}

function fusedLayerNorm({ gain, bias, epsilon }: LayerNorm, x: tf.Tensor2D): tf.Tensor2D {
  return runKernel(fusedKernels.layerNorm, { x, gain, bias }, { epsilon });
}

function biasActivation(activation: Activation, x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return runKernel(fusedKernels.biasActivation, { x, bias }, { gelu: activation === 'gelu' ? 1 : 0 });
}

function biasResidual(x: tf.Tensor2D, bias: tf.Tensor1D, residual: tf.Tensor2D): tf.Tensor2D {
  return runKernel(fusedKernels.biasResidual, { x, bias, residual });
}

/** Every linear layer of a block has a bias; only the projections at the ends of the towers have none. */
function biasOf({ bias }: { bias?: tf.Tensor1D }): tf.Tensor1D {
  if (!bias) throw new TypeError('Cannot run a fused block: expected linear layers with a bias but one has none');
  return bias;
}
