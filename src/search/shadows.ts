import { dotProduct } from './dot-products.ts';

/**
 * Short stand-ins for long vectors, whose product is never below that of the vectors (but for rounding): the parts along some
 * orthonormal axes, and the length of what is left. For a = Pa + Ra and b = Pb + Rb, a · b = Pa · Pb + Ra · Rb, and
 * Ra · Rb <= |Ra| |Rb| (Cauchy and Schwarz).
 * @param axes orthonormal, each [embedDim]
 * @returns [count, axes + 1]; NaN for a vector that is not finite
 */
export function shadowsOf(vectors: readonly Float32Array[], axes: readonly Float64Array[]): Float32Array {
  const width = axes.length + 1;
  const shadows = new Float32Array(vectors.length * width);
  for (const [row, vector] of vectors.entries()) {
    let rest = dotProduct(vector, 0, vector);
    for (const [index, axis] of axes.entries()) {
      const part = dotProduct(vector, 0, axis);
      shadows[row * width + index] = part;
      rest -= part * part;
    }
    shadows[row * width + axes.length] = Math.sqrt(Math.max(rest, 0)); // max(NaN, 0) is NaN
  }
  return shadows;
}
