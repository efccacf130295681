import * as tf from '@tensorflow/tfjs';
import type { Block } from './block.ts';
import { type BlockTensors, blockBackward, blockTensors, withTensors } from './block-backward.ts';
import {
  attend,
  biasActivation,
  biasOf,
  biasResidual,
  fusedKernels,
  fusedLayerNorm,
  hasKernel,
} from './fused-kernels.ts';
import { product } from './product.ts';

/** Whether the engine has the operators that a fused block needs. */
export function canFuse(): boolean {
  return hasKernel(fusedKernels.attend);
}

/**
 * The faster twin of `block`: the same four products, and between them one fused operator each instead of thirty. Under a
 * tape its gradient is `blockBackward`. bench/fused.ts has the figures; tests hold the two together.
 * @param x [batch, seq, width]
 * @param mask [seq, seq], see `attention`
 * @returns [batch, seq, width]
 */
export function fusedBlock(weights: Block, x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
  const tensors = blockTensors(weights);
  const run = tf.customGrad((...inputsAndSave) => {
    const save = inputsAndSave.at(-1) as tf.GradSaveFunc;
    const values = blockValues(weights, x, mask);
    const names = Object.keys({ ...values, ...tensors });
    save([...Object.values(values), ...Object.values(tensors), ...(mask ? [mask] : [])]); // they may end before the way back
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const kept = Object.fromEntries(names.map((name, index) => [name, saved[index]])) as BlockValues & BlockTensors;
      const keptMask = saved[names.length] as tf.Tensor2D | undefined;
      const run = () => blockBackward(withTensors(weights, kept), kept, dy as tf.Tensor3D, keptMask);
      return Object.values(tf.tidy(run));
    };
    return { value: blockOutput(weights, values, x.shape), gradFunc };
  });
  return run(x, ...Object.values(tensors)) as tf.Tensor3D;
}

/** What the way back through a block needs of the way there; all else is quickly computed again. Rows are all positions. */
export type BlockValues = {
  /** [rows, width]: what enters */
  rows: tf.Tensor2D;
  /** [batch, seq, 3 · width]: queries, keys and values, without their bias */
  qkv: tf.Tensor3D;
  /** [rows, width]: what attention mixed of the values */
  mixed: tf.Tensor2D;
  /** [rows, width]: after the first half */
  attended: tf.Tensor2D;
  /** [rows, mlpWidth]: what the MLP's activation takes, without bias */
  widened: tf.Tensor2D;
};

/** A block up to its last activation. @param x [batch, seq, width] */
export function blockValues({ ln1, attn, ln2, mlp }: Block, x: tf.Tensor3D, mask?: tf.Tensor2D): BlockValues {
  const [batch, seq, width] = x.shape;
  const rows = tf.reshape<tf.Rank.R2>(x, [batch * seq, width]); // [rows, width]
  const projected = product(fusedLayerNorm(ln1, rows), attn.qkv.kernel); // [rows, 3 · width]
  const qkv = tf.reshape<tf.Rank.R3>(projected, [batch, seq, 3 * width]); // [batch, seq, 3 · width]
  const mixed = attend(attn, qkv, mask); // [rows, width]
  const attended = biasResidual(product(mixed, attn.out.kernel), biasOf(attn.out), rows); // [rows, width]
  const widened = product(fusedLayerNorm(ln2, attended), mlp.fc.kernel); // [rows, mlpWidth]
  return { rows, qkv, mixed, attended, widened };
}

/** The rest of it. @returns [batch, seq, width] */
function blockOutput({ mlp }: Block, { attended, widened }: BlockValues, shape: tf.Tensor3D['shape']): tf.Tensor3D {
  const hidden = biasActivation(mlp.activation, widened, biasOf(mlp.fc)); // [rows, mlpWidth]
  const y = biasResidual(product(hidden, mlp.proj.kernel), biasOf(mlp.proj), attended); // [rows, width]
  return tf.reshape(y, shape);
}
