import { dotProducts } from './dot-products.ts';

/**
 * Short stand-ins for long vectors, whose product is never below that of the vectors (but for rounding): the parts along some
 * orthonormal axes, and the length of what is left. For a = Pa + Ra and b = Pb + Rb, a · b = Pa · Pb + Ra · Rb, and
 * Ra · Rb <= |Ra| |Rb| (Cauchy and Schwarz).
 * @param axes orthonormal, each [embedDim]; the first `width` - 1 are used, and where there are fewer, zeros stand in their place
 * @returns [count, width]; NaN for a vector that is not finite
 */
export function shadowsOf(
  vectors: readonly Float32Array[],
  axes: readonly Float64Array[],
  width: number,
): Float32Array {
  const used = axes.slice(0, width - 1);
  const embedDim = vectors[0]?.length ?? 0;
  const directions = new Float32Array(used.length * embedDim); // the axes side by side, for dotProducts
  for (const [index, axis] of used.entries()) directions.set(axis, index * embedDim);
  const parts = new Float64Array(used.length);
  const shadows = new Float32Array(vectors.length * width);
  const wide = new Float64Array(embedDim);
  for (const [row, vector] of vectors.entries()) {
    wide.set(vector);
    dotProducts(directions, wide, 0, used.length, parts);
    shadows.set(parts, row * width);
    const rest = squared(wide) - squared(parts);
    shadows[(row + 1) * width - 1] = Math.sqrt(Math.max(rest, 0)); // max(NaN, 0) is NaN
  }
  return shadows;
}

function squared(values: Float64Array): number {
  let sum = 0;
  for (let axis = 0; axis < values.length; axis++) sum += (values[axis] as number) ** 2;
  return sum;
}
