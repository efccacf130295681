import * as tf from '@tensorflow/tfjs';

/** Gain and bias per feature; `epsilon` is added to the variance, inside the square root. */
export type LayerNorm = { gain: tf.Tensor1D; bias: tf.Tensor1D; epsilon: number };

/**
 * Layer normalisation over the last axis (Ba et al. 2016), with the biased variance, as PyTorch has it.
 * @param x [..., width]
 * @returns the same shape
 */
export function layerNorm<T extends tf.Tensor>({ gain, bias, epsilon }: LayerNorm, x: T): T {
  const centred = tf.sub(x, tf.mean(x, -1, true)); // [..., width]
  const variance = tf.mean(tf.square(centred), -1, true); // [..., 1]
  const normed = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))); // [..., width]
  return tf.add(tf.mul(normed, gain), bias) as T;
}
