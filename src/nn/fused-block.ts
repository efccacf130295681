import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config.ts';
import type { Block } from './block.ts';
import type { LayerNorm } from './layer-norm.ts';

/**
 * Operators that an engine may have besides tfjs's own: what a block does between its matrix products, each in one pass
 * over memory (kernels/*.h). By these names they are registered for `wasm` (src/wasm) and `tensorflow` (src/node).
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
} as const;

/** Whether blocks can run fused: the engine has the operators, and no gradient is being taken (they have none). */
export function canFuse(): boolean {
  return tf.engine().state.gradientDepth === 0 && tf.getKernel(fusedKernels.attend, tf.getBackend()) !== undefined;
}

/**
 * The faster twin of `block` for inference: the same four products, and between them one fused operator each instead of
 * thirty. bench/fused.ts has the figures; tests hold the two together.
 * @param x [batch, seq, width]
 * @param mask [seq, seq], see `attention`
 * @returns [batch, seq, width]
 */
export function fusedBlock({ ln1, attn, ln2, mlp }: Block, x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
  const [batch, seq, width] = x.shape;
  const rows = tf.reshape<tf.Rank.R2>(x, [batch * seq, width]); // [rows, width]
  const projected = tf.matMul(fusedLayerNorm(ln1, rows), attn.qkv.kernel); // [rows, 3 · width]
  const qkv = tf.reshape(projected, [batch, seq, 3 * width]); // [batch, seq, 3 · width]
  const inputs = { qkv, bias: biasOf(attn.qkv), mask: mask ?? tf.tensor1d([]) };
  const mixed = run(fusedKernels.attend, inputs, { heads: attn.heads }); // [rows, width]
  const attended = biasResidual(tf.matMul(mixed, attn.out.kernel), biasOf(attn.out), rows); // [rows, width]
  const widened: tf.Tensor2D = tf.matMul(fusedLayerNorm(ln2, attended), mlp.fc.kernel); // [rows, mlpWidth]
  const hidden = biasActivation(mlp.activation, widened, biasOf(mlp.fc)); // [rows, mlpWidth]
  const y = biasResidual(tf.matMul(hidden, mlp.proj.kernel), biasOf(mlp.proj), attended); // [rows, width]
  return tf.reshape(y, [batch, seq, width]);
}

function fusedLayerNorm({ gain, bias, epsilon }: LayerNorm, x: tf.Tensor2D): tf.Tensor2D {
  return run(fusedKernels.layerNorm, { x, gain, bias }, { epsilon });
}

function biasActivation(activation: Activation, x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return run(fusedKernels.biasActivation, { x, bias }, { gelu: activation === 'gelu' ? 1 : 0 });
}

function biasResidual(x: tf.Tensor2D, bias: tf.Tensor1D, residual: tf.Tensor2D): tf.Tensor2D {
  return run(fusedKernels.biasResidual, { x, bias, residual }, {});
}

function run(name: string, inputs: Record<string, tf.Tensor>, attributes: Record<string, number>): tf.Tensor2D {
  return tf.engine().runKernel<tf.Tensor2D>(name, inputs, attributes);
}

/** Every linear layer of a block has a bias; only the projections at the ends of the towers have none. */
function biasOf({ bias }: { bias?: tf.Tensor1D }): tf.Tensor1D {
  if (!bias) throw new TypeError('Cannot run a fused block: expected linear layers with a bias but one has none');
  return bias;
}
