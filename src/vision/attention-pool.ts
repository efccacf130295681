import * as tf from '@tensorflow/tfjs';
import { type Linear, linear } from '../nn/linear.ts';

/** Weights of the pooling that replaces a ResNet's global average; the projections stay apart, because only one position asks. */
export type AttentionPool = {
  /** [1 + cells, width]: the mean's position first, then the grid cells row by row. */
  positionalEmbedding: tf.Tensor2D;
  q: Linear;
  k: Linear;
  v: Linear;
  /** [width] to [embedDim] */
  out: Linear;
  heads: number;
};

/**
 * Attention pooling (CLIP, section 2.4): the mean of all cells asks, the mean and every cell answer.
 * @param features [batch, height, width, channels]
 * @returns [batch, embedDim]
 */
export function attentionPool(weights: AttentionPool, features: tf.Tensor4D): tf.Tensor2D {
  const { positionalEmbedding, heads } = weights;
  const [batch, height, width, channels] = features.shape;
  const seq = 1 + height * width;
  const cells: tf.Tensor3D = tf.reshape(features, [batch, height * width, channels]); // [batch, cells, channels]
  const mean: tf.Tensor3D = tf.mean(cells, 1, true); // [batch, 1, channels]
  const sequence = tf.add(tf.concat([mean, cells], 1), positionalEmbedding) as tf.Tensor3D; // [batch, seq, channels]
  const asking = tf.slice(sequence, [0, 0, 0], [batch, 1, channels]); // [batch, 1, channels]

  const split = (projection: Linear, x: tf.Tensor3D, length: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(linear(projection, x), [batch, length, heads, channels / heads]), [0, 2, 1, 3]);
  const q = split(weights.q, asking, 1); // [batch, heads, 1, headDim]
  const k = split(weights.k, sequence, seq); // [batch, heads, seq, headDim]
  const v = split(weights.v, sequence, seq); // [batch, heads, seq, headDim]

  const scores = tf.mul(tf.matMul(q, k, false, true), (channels / heads) ** -0.5); // [batch, heads, 1, seq]
  const pooled = tf.reshape(tf.matMul(tf.softmax(scores), v), [batch, channels]); // [batch, channels]
  return linear(weights.out, pooled as tf.Tensor2D);
}
