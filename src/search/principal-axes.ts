import { normalNumbers } from '../random.ts';
import { dotProduct } from './dot-products.ts';

const passes = 3;
const negligible = 1e-6; // of what was there before: the rest of a vector that the axes before it explain

/**
 * Orthonormal axes along which vectors differ most, roughly sorted: subspace iteration on the covariance (Halko, Martinsson and
 * Tropp 2011, algorithm 4.4), from a fixed start. Fewer come back where the vectors span fewer.
 * @param vectors finite, each [width]
 * @returns at most `most` unit vectors [width], at right angles
 */
export function principalAxes(vectors: readonly Float32Array[], most: number): Float64Array[] {
  const width = vectors[0]?.length ?? 0;
  const normal = normalNumbers(1);
  const mean = new Float64Array(width);
  for (const vector of vectors) addScaled(mean, vector, 1 / vectors.length);
  let axes = orthonormal(
    Array.from({ length: Math.min(most, width) }, () => Float64Array.from({ length: width }, normal)),
  );
  for (let pass = 0; pass < passes; pass++) {
    const turned = axes.map(() => new Float64Array(width)); // covariance · axes
    const offsets = axes.map((axis) => dot(mean, axis));
    for (const vector of vectors)
      for (const [index, axis] of axes.entries())
        addScaled(
          turned[index] as Float64Array,
          vector,
          dotProduct(vector, 0, axis) - (offsets[index] as number), // these sum to 0, so the mean need not be taken off twice
        );
    axes = orthonormal(turned);
  }
  return axes;
}

/** Gram and Schmidt's method, each vector twice against those before it, so that rounding leaves no angle. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const axes: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    for (let time = 0; time < 2; time++) for (const axis of axes) addScaled(vector, axis, -dot(vector, axis));
    const length = Math.sqrt(dot(vector, vector));
    if (length > negligible * before) axes.push(vector.map((value) => value / length));
  }
  return axes;
}

function addScaled(sum: Float64Array, vector: ArrayLike<number>, factor: number): void {
  for (let axis = 0; axis < sum.length; axis++) sum[axis] = (sum[axis] as number) + factor * (vector[axis] as number);
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let axis = 0; axis < one.length; axis++) sum += (one[axis] as number) * (other[axis] as number);
  return sum;
}
