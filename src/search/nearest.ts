import { BestRows, type Neighbour } from './best-rows.ts';
import { dotProducts } from './dot-products.ts';
import type { Matrix } from './matrix.ts';

/** Rows whose similarities are computed before they are looked at; what `nearest` holds besides its result. */
const blockRows = 1024;

/**
 * The rows nearest to a query, found by comparing it with every row: exact, in float64, the best first. Equal ones come by row,
 * the lower first. A row with a NaN is never found.
 * @param matrices rows of unit vectors; they are counted through all matrices
 * @param query unit vector [embedDim]
 * @param k how many; fewer come back where there are fewer rows
 * @param accept which rows count. It is asked about a row only when that is among the best so far.
 * @throws TypeError on a query of another width, RangeError on one that is not finite and on a k that is not a whole number from 0
 */
export function nearest(
  matrices: readonly Matrix[],
  query: Float32Array,
  k: number,
  accept: (row: number) => boolean = () => true,
): Neighbour[] {
  const counts = matrices.map((matrix) => checkedCount(matrix, query));
  checkQuery(query, k);
  const best = new BestRows(Math.min(k, sum(counts)));
  const wide = Float64Array.from(query); // converted once, not for every row
  const similarities = new Float64Array(blockRows);
  let offset = 0;
  for (const [index, { rows }] of matrices.entries()) {
    const count = counts[index] as number;
    for (let start = 0; start < count; start += blockRows) {
      const end = Math.min(start + blockRows, count);
      dotProducts(rows, wide, start, end, similarities);
      for (let row = start; row < end; row++) {
        const similarity = similarities[row - start] as number;
        if (best.takes(similarity) && accept(offset + row)) best.add(offset + row, similarity);
      }
    }
    offset += count;
  }
  return best.sorted();
}

function checkedCount({ rows, embedDim }: Matrix, query: Float32Array): number {
  if (query.length !== embedDim)
    throw new TypeError(
      `Cannot find the nearest rows: expected a query [${embedDim}] but got [${query.length}]; embed it with the model of the index`,
    );
  const count = rows.length / embedDim;
  if (Number.isInteger(count)) return count;
  throw new TypeError(
    `Cannot find the nearest rows: expected rows of ${embedDim} values but got ${rows.length} in all`,
  );
}

function checkQuery(query: Float32Array, k: number): void {
  const axis = query.findIndex((value) => !Number.isFinite(value));
  if (axis >= 0)
    throw new RangeError(
      `Cannot find the nearest rows: expected a query of finite numbers but value ${axis} is ${query[axis]}`,
    );
  if (!Number.isSafeInteger(k) || k < 0)
    throw new RangeError(`Cannot find the nearest rows: expected k to be a whole number, 0 or more, but got ${k}`);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
