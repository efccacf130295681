import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config.ts';

/** x · σ(1.702 x): the approximation of GELU that OpenAI trained with (Hendrycks and Gimpel 2016). */
export function quickGelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

/** x · Φ(x), by the error function. tfjs has it as a polynomial, within 2e-7 of the exact value. */
export function gelu<T extends tf.Tensor>(x: T): T {
  const phi = tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))); // each in [0, 1]
  return tf.mul(x, phi);
}

/** The two by the names that Hugging Face's configs use. */
export const activations: Record<Activation, <T extends tf.Tensor>(x: T) => T> = { quick_gelu: quickGelu, gelu };
