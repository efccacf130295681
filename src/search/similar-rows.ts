import type { DisjointSets } from './disjoint-sets.ts';
import { dotProduct, dotProducts } from './dot-products.ts';
import { principalAxes } from './principal-axes.ts';
import { shadowsOf } from './shadows.ts';

const blockRows = 1024;
const sampleRows = 1024;
/** Numbers in a first, coarse shadow and in a second, finer one. */
const coarseWidth = 16;
const fineWidth = 64;
/** Far more than shadows of unit vectors in float32, with axes in float32, make a product wrong by (a few 1e-7). */
const rounding = 1e-5;

/**
 * Joins all pairs of rows whose product is `threshold` or more: exact, in float64, in blocks. Each pair is compared by a shadow of 16 numbers
 * first; the few that this cannot rule out by one of 64; only what is left by the vectors themselves, unless other pairs have
 * joined the two already. Memory is 320 bytes a row, whatever the number of pairs.
 * @param vectors unit vectors of one width; one with a NaN is like no other
 * @returns steps of a tenth of a second or so (the first takes longer) that say which share of the pairs is done, 0 to 1
 */
export function* joinSimilarRows(
  vectors: readonly Float32Array[],
  threshold: number,
  sets: DisjointSets,
): Generator<number, void> {
  const axes = principalAxes(sampleOf(vectors), fineWidth - 1);
  const coarse = new Float32Array(vectors.length * coarseWidth);
  const fine = new Float32Array(vectors.length * fineWidth);
  for (let first = 0; first < vectors.length; first += blockRows) {
    yield 0;
    const block = vectors.slice(first, first + blockRows);
    coarse.set(shadowsOf(block, axes, coarseWidth), first * coarseWidth);
    fine.set(shadowsOf(block, axes, fineWidth), first * fineWidth);
  }
  const limit = threshold - rounding;
  const products = new Float64Array(blockRows);
  const query = new Float64Array(coarseWidth);
  const blocks = Math.ceil(vectors.length / blockRows);
  let done = 0;
  for (let first = 0; first < vectors.length; first += blockRows)
    for (let second = first; second < vectors.length; second += blockRows) {
      const end = Math.min(second + blockRows, vectors.length);
      for (let row = first; row < Math.min(first + blockRows, end); row++) {
        const start = Math.max(second, row + 1);
        query.set(coarse.subarray(row * coarseWidth, (row + 1) * coarseWidth));
        dotProducts(coarse, query, start, end, products);
        for (let other = start; other < end; other++)
          if ((products[other - start] as number) >= limit && mayBeSimilar(fine, row, other, limit))
            joinIfSimilar(vectors, row, other, threshold, sets);
      }
      yield ++done / ((blocks * (blocks + 1)) / 2);
    }
}

/** In four sums, none of which waits for the others: this is asked of every pair where all directions are alike. */
function mayBeSimilar(shadows: Float32Array, row: number, other: number, limit: number): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let one = row * fineWidth;
  let two = other * fineWidth;
  for (const end = one + fineWidth; one < end; one += 4, two += 4) {
    a += (shadows[one] as number) * (shadows[two] as number);
    b += (shadows[one + 1] as number) * (shadows[two + 1] as number);
    c += (shadows[one + 2] as number) * (shadows[two + 2] as number);
    d += (shadows[one + 3] as number) * (shadows[two + 3] as number);
  }
  return a + b + c + d >= limit;
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
