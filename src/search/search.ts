import type { Entry } from './entry.ts';
import { type Filter, filterTest } from './filter.ts';
import { nearest } from './nearest.ts';
import type { SearchIndex } from './search-index.ts';

export type SearchOptions = {
  /** How many results at most; 10 unless said. */
  k?: number;
  /** The least cosine that counts, -1 to 1. Matching texts and pictures of a trained CLIP have 0.2 to 0.35, like pictures 0.7 and more. */
  minSimilarity?: number;
  filter?: Filter;
};

/** An entry and its cosine with the query, -1 to 1. */
export type SearchResult = { entry: Entry; similarity: number };

const unitTolerance = 1e-3;

/**
 * The entries nearest to a query, the best first, equal ones by id. Exact: it is compared with every row in float64.
 * @param query unit vector [embedDim]: of `embedTexts`, `embedImages` or `combine`, made with the model of the index
 * @throws TypeError on a query of another width, RangeError on one that is not of unit length and on options out of range
 */
export function search(index: SearchIndex, query: Float32Array, options: SearchOptions = {}): SearchResult[] {
  const { k = 10, minSimilarity = Number.NEGATIVE_INFINITY, filter } = options;
  const { entries, matrices, header } = index;
  if (query.length !== header.embedDim)
    throw new TypeError(
      `Cannot search: expected a query [${header.embedDim}] but got [${query.length}]; embed it with ${header.model.name}, the model of the index`,
    );
  checkLength(query);
  if (Number.isNaN(minSimilarity))
    throw new RangeError('Cannot search: expected minSimilarity to be a number but got NaN');
  const fits = filter && filterTest(filter);
  const accept = fits ? (row: number) => fits(entries[row] as Entry) : undefined;
  return nearest(matrices, query, k, accept)
    .filter(({ similarity }) => similarity >= minSimilarity)
    .map(({ row, similarity }) => ({ entry: entries[row] as Entry, similarity }));
}

function checkLength(query: Float32Array): void {
  const length = Math.hypot(...query);
  if (Math.abs(length - 1) <= unitTolerance) return;
  throw new RangeError(
    `Cannot search: expected a query of unit length but got ${length}; scale it, or similarities are no cosines`,
  );
}
