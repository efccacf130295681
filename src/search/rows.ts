import type { SearchIndex } from './search-index.ts';

/** The row of the entry with an id, or undefined where the index has none such (any more). Entries are sorted by id. */
export function rowOfId({ entries }: SearchIndex, id: number): number | undefined {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.id as number) < id) low = middle + 1;
    else high = middle;
  }
  return entries[low]?.id === id ? low : undefined;
}

/**
 * The unit vector [embedDim] of a row, a view of the index's own numbers: copy it before you change it.
 * @throws RangeError on a row that is not there
 */
export function vectorOfRow({ matrices, entries }: SearchIndex, row: number): Float32Array {
  let rest = row;
  for (const { rows, embedDim } of matrices) {
    const count = rows.length / embedDim;
    if (rest >= 0 && rest < count) return rows.subarray(rest * embedDim, (rest + 1) * embedDim);
    rest -= count;
  }
  throw new RangeError(`Cannot read row ${row}: the index has ${entries.length}, counted from 0`);
}
