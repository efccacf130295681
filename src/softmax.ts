/**
 * Softmax of scale * scores, in float64.
 * @param scores cosines or logits of one sample
 * @param scale the logit scale, 1 / temperature
 * @returns numbers that sum to 1
 */
export function softmax(scores: ArrayLike<number>, scale: number): Float64Array {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < scores.length; index++) greatest = Math.max(greatest, scale * (scores[index] as number));
  const result = new Float64Array(scores.length);
  let sum = 0;
  for (let index = 0; index < scores.length; index++) {
    const value = Math.exp(scale * (scores[index] as number) - greatest);
    result[index] = value;
    sum += value;
  }
  for (let index = 0; index < result.length; index++) result[index] = (result[index] as number) / sum;
  return result;
}
