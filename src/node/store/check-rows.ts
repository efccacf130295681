import type { NewEntry } from '../../search/entry.ts';

/** Sums of squares are 1 within this: float32 vectors of a thousand values that were normalised in float32. */
const tolerance = 1e-3;

/**
 * Refuses rows that are none.
 * @throws TypeError on another number of vectors than entries or another width, RangeError on a vector that is no unit vector
 */
export function assertRows(entries: readonly NewEntry[], embeddings: readonly Float32Array[], embedDim: number): void {
  if (entries.length !== embeddings.length)
    throw new TypeError(
      `Cannot append: expected an embedding per entry but got ${embeddings.length} for ${entries.length} entries`,
    );
  for (const [row, embedding] of embeddings.entries()) {
    const what = entries[row]!.path || entries[row]!.caption;
    if (embedding.length !== embedDim)
      throw new TypeError(`Cannot append ${what}: expected ${embedDim} values but got ${embedding.length}`);
    let squares = 0;
    for (let i = 0; i < embedDim; i++) squares += embedding[i]! ** 2;
    if (!(Math.abs(squares - 1) <= tolerance))
      throw new RangeError(
        `Cannot append ${what}: expected a unit vector but its length is ${Math.sqrt(squares)}; take the rows of embedImages() or embedTexts()`,
      );
  }
}
