import * as tf from '@tensorflow/tfjs';
import { fusedKernels, hasKernel } from '../nn/fused-kernels.ts';

/** What is the same for every number of a parameter, in the order in which kernels/adamw.h has it. */
export type AdamWFactors = {
  /** Of the parameter, after decay. */
  kept: number;
  /** Of the running mean of gradients, and the share of a new one. */
  firstKept: number;
  gradientShare: number;
  /** Of the running mean of squares, and the share of a new one. */
  secondKept: number;
  squareShare: number;
  /** The learning rate, corrected for the moments' start at 0. */
  rate: number;
  /** Added to the root, corrected likewise. */
  eps: number;
};

/** A parameter and its running means, or what follows them; all of one shape. */
export type AdamWValues = { parameter: tf.Tensor; first: tf.Tensor; second: tf.Tensor };

/**
 * The new mean and mean of squares, and a step of rate · mean / (√mean of squares + eps) from the parameter. Where the
 * engine has an operator for it, in one pass over memory.
 */
export function adamWStep(factors: AdamWFactors, values: AdamWValues, gradient: tf.Tensor): AdamWValues {
  if (hasKernel(fusedKernels.adamW)) return fusedStep(factors, values, gradient);
  const { kept, firstKept, gradientShare, secondKept, squareShare, rate, eps } = factors;
  return tf.tidy(() => {
    const first = tf.add(tf.mul(values.first, firstKept), tf.mul(gradient, gradientShare));
    const second = tf.add(tf.mul(values.second, secondKept), tf.mul(tf.square(gradient), squareShare));
    const step = tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), eps));
    return { parameter: tf.sub(tf.mul(values.parameter, kept), step), first, second };
  });
}

function fusedStep(factors: AdamWFactors, values: AdamWValues, gradient: tf.Tensor): AdamWValues {
  return tf.tidy(() => {
    const inputs = { factors: tf.tensor1d(Object.values(factors)), gradient, ...values };
    const results = tf.engine().runKernel<tf.Tensor[]>(fusedKernels.adamW, inputs);
    const [parameter, first, second] = results as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { parameter, first, second };
  });
}
