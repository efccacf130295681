import * as tf from '@tensorflow/tfjs';

/** Finite: a whole row of -Infinity would turn into NaN, and e^-1e9 is 0 all the same. */
const forbidden = -1e9;

/** @returns [seq, seq], to be added to the scores: a position looks at itself and at what stands before it */
export function causalMask(seq: number): tf.Tensor2D {
  const mask = new Float32Array(seq * seq);
  for (let query = 0; query < seq; query++) mask.fill(forbidden, query * seq + query + 1, (query + 1) * seq);
  return tf.tensor2d(mask, [seq, seq]);
}
