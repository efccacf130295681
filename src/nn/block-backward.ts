import * as tf from '@tensorflow/tfjs';
import type { Block } from './block.ts';
import type { BlockValues } from './fused-block.ts';
import {
  attendBackward,
  biasActivationBackward,
  biasOf,
  fusedLayerNorm,
  layerNormBackward,
  sumRows,
} from './fused-kernels.ts';
import { productByInput, productByKernel } from './product.ts';

type Gains = 'ln1.gain' | 'ln1.bias' | 'ln2.gain' | 'ln2.bias';
type LinearPaths = 'attn.qkv' | 'attn.out' | 'mlp.fc' | 'mlp.proj';

/** The weights of a block by their paths in it. */
export type BlockTensors = Record<Gains | `${LinearPaths}.bias`, tf.Tensor1D> &
  Record<`${LinearPaths}.kernel`, tf.Tensor2D>;

/** The weights by their paths, in the order in which `blockBackward` gives their gradients. */
export function blockTensors({ ln1, attn, ln2, mlp }: Block): BlockTensors {
  return {
    'ln1.gain': ln1.gain,
    'ln1.bias': ln1.bias,
    'attn.qkv.kernel': attn.qkv.kernel,
    'attn.qkv.bias': biasOf(attn.qkv),
    'attn.out.kernel': attn.out.kernel,
    'attn.out.bias': biasOf(attn.out),
    'ln2.gain': ln2.gain,
    'ln2.bias': ln2.bias,
    'mlp.fc.kernel': mlp.fc.kernel,
    'mlp.fc.bias': biasOf(mlp.fc),
    'mlp.proj.kernel': mlp.proj.kernel,
    'mlp.proj.bias': biasOf(mlp.proj),
  };
}

/** The block with other tensors in the places of its own. */
export function withTensors({ ln1, attn, ln2, mlp }: Block, tensors: BlockTensors): Block {
  const linear = (path: LinearPaths) => ({
    kernel: tensors[`${path}.kernel`],
    bias: tensors[`${path}.bias`],
  });
  return {
    ln1: { ...ln1, gain: tensors['ln1.gain'], bias: tensors['ln1.bias'] },
    attn: { ...attn, qkv: linear('attn.qkv'), out: linear('attn.out') },
    ln2: { ...ln2, gain: tensors['ln2.gain'], bias: tensors['ln2.bias'] },
    mlp: { ...mlp, fc: linear('mlp.fc'), proj: linear('mlp.proj') },
  };
}

/**
 * The way back through a block, by the chain rule, from the last line of `block` to the first: each line is differentiated
 * where it stands. `dX` is the loss's derivative by X, of X's shape. Three rules are all there is to it:
 * - y = x · W + b: dx = dy · Wᵀ, dW = xᵀ · dy, db = the sum of the rows of dy (`product.ts`);
 * - y = x + f(x): dx = dy + what comes back through f;
 * - layer norm, activation and attention have the formulas that stand in kernels/*-backward.h.
 * @param dy [batch, seq, width]
 * @returns `dx` [batch, seq, width] and the gradients of the weights, by their paths
 */
export function blockBackward(
  { ln1, attn, ln2, mlp }: Block,
  { rows, qkv, mixed, attended, widened }: BlockValues,
  dy: tf.Tensor3D,
  mask?: tf.Tensor2D,
): { dx: tf.Tensor3D } & BlockTensors {
  const [batch, seq, width] = dy.shape;
  // y = attended + hidden · proj + bias, hidden = activation(widened + bias), widened = layerNorm(attended) · fc
  const dRows = tf.reshape<tf.Rank.R2>(dy, [batch * seq, width]); // [rows, width]
  const dHidden = productByInput(dRows, mlp.proj.kernel); // [rows, mlpWidth]
  const [hidden, dWidened] = biasActivationBackward(mlp.activation, widened, biasOf(mlp.fc), dHidden); // 2 x [rows, mlpWidth]
  const dNormed2 = productByInput(dWidened, mlp.fc.kernel); // [rows, width]
  const [back2, dGain2, dBias2] = layerNormBackward(ln2, attended, dNormed2); // [rows, width], 2 x [width]
  const dAttended: tf.Tensor2D = tf.add(dRows, back2); // [rows, width]

  // attended = rows + mixed · out + bias, mixed = attend(qkv + bias), qkv = layerNorm(rows) · kernel
  const dMixed = productByInput(dAttended, attn.out.kernel); // [rows, width]
  const dQkv = tf.reshape<tf.Rank.R2>(attendBackward(attn, qkv, mask, dMixed), [batch * seq, 3 * width]); // [rows, 3 · width]
  const dNormed1 = productByInput(dQkv, attn.qkv.kernel); // [rows, width]
  const [back1, dGain1, dBias1] = layerNormBackward(ln1, rows, dNormed1); // [rows, width], 2 x [width]
  return {
    dx: tf.reshape(tf.add(dAttended, back1), [batch, seq, width]),
    'ln1.gain': dGain1,
    'ln1.bias': dBias1,
    'attn.qkv.kernel': productByKernel(fusedLayerNorm(ln1, rows), dQkv),
    'attn.qkv.bias': sumRows(dQkv),
    'attn.out.kernel': productByKernel(mixed, dAttended),
    'attn.out.bias': sumRows(dAttended),
    'ln2.gain': dGain2,
    'ln2.bias': dBias2,
    'mlp.fc.kernel': productByKernel(fusedLayerNorm(ln2, attended), dWidened),
    'mlp.fc.bias': sumRows(dWidened),
    'mlp.proj.kernel': productByKernel(hidden, dRows),
    'mlp.proj.bias': sumRows(dRows),
  };
}
