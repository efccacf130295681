/**
 * Cosines of a unit vector with others, summed in float64: those of float32 tie where many classes are near.
 * @param row [embedDim]
 * @param directions unit vectors of the same width
 * @returns one number in [-1, 1] per direction
 * @throws RangeError on vectors of another width
 */
export function cosinesOf(row: Float32Array, directions: readonly Float32Array[]): Float64Array {
  const cosines = new Float64Array(directions.length);
  for (const [index, direction] of directions.entries()) {
    if (direction.length !== row.length)
      throw new RangeError(
        `Cannot compare embeddings: expected vectors of width ${row.length} but got one of ${direction.length}; embed both sides with one model`,
      );
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (direction[i] as number);
    cosines[index] = sum;
  }
  return cosines;
}
