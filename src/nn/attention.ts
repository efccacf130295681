import * as tf from '@tensorflow/tfjs';
import { type Linear, linear } from './linear.ts';

/** Weights of multi-head self-attention; `qkv` has the three projections side by side, as OpenAI's `in_proj` does. */
export type Attention = { qkv: Linear; out: Linear; heads: number };

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2).
 * @param x [batch, seq, width]
 * @param mask [seq, seq], added to the scores: 0 where a query may look, -1e9 where it may not
 * @returns [batch, seq, width]
 */
export function attention(weights: Attention, x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
  const [q, k, v] = splitHeads(weights, x); // 3 x [batch, heads, seq, headDim]
  const mixed = tf.matMul(lookUp(q, k, mask), v); // [batch, heads, seq, headDim]
  const merged: tf.Tensor3D = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), x.shape); // [batch, seq, width]
  return linear(weights.out, merged);
}

/**
 * Where each position looks: the same attention, stopped before the values are mixed. For pictures of it and for explanation.
 * @returns [batch, heads, seq (queries), seq (keys)]; each row sums to 1
 */
export function attentionWeights(weights: Attention, x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor4D {
  const [q, k] = splitHeads(weights, x);
  return lookUp(q, k, mask);
}

function splitHeads({ qkv, heads }: Attention, x: tf.Tensor3D): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const [batch, seq, width] = x.shape;
  const projected = tf.reshape<tf.Rank.R4>(linear(qkv, x), [batch, seq, 3 * heads, width / heads]); // [batch, seq, 3 heads, headDim]
  const byHead = tf.transpose(projected, [0, 2, 1, 3]); // [batch, 3 heads, seq, headDim]
  return tf.split(byHead, 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
}

function lookUp(q: tf.Tensor4D, k: tf.Tensor4D, mask?: tf.Tensor2D): tf.Tensor4D {
  const headDim = q.shape[3];
  const scores = tf.mul<tf.Tensor4D>(tf.matMul(q, k, false, true), headDim ** -0.5); // [batch, heads, seq, seq]
  return tf.softmax<tf.Tensor4D>(mask ? tf.add(scores, mask) : scores); // each row sums to 1
}
