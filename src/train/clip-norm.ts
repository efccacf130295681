import * as tf from '@tensorflow/tfjs';

/** The length of all gradients as one vector. @returns scalar */
export function globalNorm(gradients: Iterable<tf.Tensor>): tf.Scalar {
  return tf.tidy(() => {
    const squares = Array.from(gradients, (gradient) => tf.tidy(() => sumOfSquares(gradient)));
    return tf.sqrt(tf.addN(squares)) as tf.Scalar;
  });
}

/** Row by row first: one long sum in float32 would lose digits. */
function sumOfSquares(x: tf.Tensor): tf.Scalar {
  const squares = tf.square(x);
  return tf.sum(squares.rank > 1 ? tf.sum(squares, -1) : squares);
}

/**
 * What gradients of this norm are multiplied by so that it is at most `limit` (Pascanu et al. 2013; PyTorch's
 * `clip_grad_norm_`, whose 1e-6 is ours too).
 */
export function clipCoefficient(norm: number, limit: number): number {
  return Math.min(1, limit / (norm + 1e-6));
}
