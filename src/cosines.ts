/**
 * Cosines of a unit vector with others, summed in float64: those of float32 tie where many classes are near.
 * @param row [embedDim]
 * @param directions unit vectors of the same width
 * @returns one number in [-1, 1], but for rounding, per direction
 * @throws RangeError on vectors of another width
 */
export function cosinesOf(row: Float32Array, directions: readonly Float32Array[]): Float64Array {
  const cosines = new Float64Array(directions.length);
  for (const [index, direction] of directions.entries()) {
    if (direction.length !== row.length)
      throw new RangeError(
        `Cannot compare embeddings: expected vectors of width ${row.length} but got one of ${direction.length}; embed both sides with one model`,
      );
    cosines[index] = cosine(row, direction);
  }
  return cosines;
}

/** Four sums at once do not wait for one another. */
function cosine(one: Float32Array, other: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = one.length - (one.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += (one[i] as number) * (other[i] as number);
    b += (one[i + 1] as number) * (other[i + 1] as number);
    c += (one[i + 2] as number) * (other[i + 2] as number);
    d += (one[i + 3] as number) * (other[i + 3] as number);
  }
  for (let i = whole; i < one.length; i++) a += (one[i] as number) * (other[i] as number);
  return a + b + c + d;
}
