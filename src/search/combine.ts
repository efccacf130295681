/**
 * The direction of a sum of unit vectors: each times its weight, added in float64, scaled to unit length.
 * @param terms vectors [embedDim]; a weight below 0 takes its vector away
 * @returns unit vector [embedDim]
 * @throws RangeError without terms, where they cancel out, and on numbers that are not finite; TypeError on vectors of several widths
 */
export function combine(terms: readonly { vector: Float32Array; weight: number }[]): Float32Array {
  const [first] = terms;
  if (!first) throw new RangeError('Cannot combine terms: expected at least one');
  const sum = new Float64Array(first.vector.length);
  let total = 0;
  for (const { vector, weight } of terms) {
    if (vector.length !== sum.length)
      throw new TypeError(
        `Cannot combine terms: expected vectors of one width but got [${sum.length}] and [${vector.length}]; embed all with one model`,
      );
    total += Math.abs(weight);
    for (let axis = 0; axis < sum.length; axis++) sum[axis] = (sum[axis] as number) + weight * (vector[axis] as number);
  }
  const length = Math.hypot(...sum);
  if (!Number.isFinite(length) || !Number.isFinite(total))
    throw new RangeError('Cannot combine terms: expected finite vectors and weights but got others');
  // Vectors in float32 are right to 6e-8: what is left of a sum below that is rounding, not a direction.
  if (length <= 1e-6 * total)
    throw new RangeError(
      'Cannot combine terms: expected a sum with a direction but the terms cancel out; change a weight or leave one out',
    );
  return Float32Array.from(sum, (value) => value / length);
}
