import type { DisjointSets } from './disjoint-sets.ts';
import { dotProduct, dotProducts } from './dot-products.ts';
import { principalAxes } from './principal-axes.ts';
import { shadowsOf } from './shadows.ts';

const blockRows = 2048;
const sampleRows = 1024;
/** Numbers in the first, coarse shadows and in the second, finer ones. */
const coarse = 16;
const fine = 64;
/** More than float32 shadows of unit vectors can be wrong by: 64 products, each by 2^-23 of at most 1. */
const rounding = 1e-5;

/**
 * Joins all pairs of rows whose product is `threshold` or more: exact, in float64, in blocks. Each pair is compared by a shadow of 16 numbers
 * first; the few that this cannot rule out by one of 64; only what is left by the vectors themselves, unless other pairs have
 * joined the two already. Memory is 320 bytes a row, whatever the number of pairs.
 * @param vectors unit vectors of one width; one with a NaN is like no other
 * @returns steps of a few hundredths of a second that say which share of the pairs is done, 0 to 1
 */
export function* joinSimilarRows(
  vectors: readonly Float32Array[],
  threshold: number,
  sets: DisjointSets,
): Generator<number, void> {
  const axes = principalAxes(sampleOf(vectors), fine - 1);
  const [coarseShadows, fineShadows] = [axes.slice(0, coarse - 1), axes].map((some) => ({
    rows: shadowsOf(vectors, some),
    width: some.length + 1,
  })) as [Shadows, Shadows];
  const limit = threshold - rounding;
  const products = new Float64Array(blockRows);
  const query = new Float64Array(coarseShadows.width);
  const blocks = Math.ceil(vectors.length / blockRows);
  let done = 0;
  for (let first = 0; first < vectors.length; first += blockRows)
    for (let second = first; second < vectors.length; second += blockRows) {
      const end = Math.min(second + blockRows, vectors.length);
      for (let row = first; row < Math.min(first + blockRows, end); row++) {
        const start = Math.max(second, row + 1);
        query.set(shadowOf(coarseShadows, row));
        dotProducts(coarseShadows.rows, query, start, end, products);
        for (let other = start; other < end; other++)
          if ((products[other - start] as number) >= limit && mayBeSimilar(fineShadows, row, other, limit))
            joinIfSimilar(vectors, row, other, threshold, sets);
      }
      yield ++done / ((blocks * (blocks + 1)) / 2);
    }
}

type Shadows = { rows: Float32Array; width: number };

function shadowOf({ rows, width }: Shadows, row: number): Float32Array {
  return rows.subarray(row * width, (row + 1) * width);
}

function mayBeSimilar({ rows, width }: Shadows, row: number, other: number, limit: number): boolean {
  let sum = 0;
  for (let axis = 0; axis < width; axis++)
    sum += (rows[row * width + axis] as number) * (rows[other * width + axis] as number);
  return sum >= limit;
}

function joinIfSimilar(
  vectors: readonly Float32Array[],
  row: number,
  other: number,
  threshold: number,
  sets: DisjointSets,
): void {
  if (sets.find(row) === sets.find(other)) return;
  if (dotProduct(vectors[row] as Float32Array, 0, vectors[other] as Float32Array) >= threshold) sets.join(row, other);
}

/** Evenly spread ones of the vectors that are finite. */
function sampleOf(vectors: readonly Float32Array[]): Float32Array[] {
  const stride = Math.max(1, Math.floor(vectors.length / sampleRows));
  return vectors.filter((vector, row) => row % stride === 0 && vector.every(Number.isFinite));
}
