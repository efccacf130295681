import type { Entry } from '../search/entry.ts';
import { filterTest } from '../search/filter.ts';
import { nearest } from '../search/nearest.ts';
import { type SearchOptions, type SearchResult, search } from '../search/search.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { shownPath } from './shown-path.ts';

/**
 * As `search`, but a filter of paths looks at them as they are shown: one of `/home/anna` finds nothing, and so does not tell whose folder
 * it is, and one of `pictures` does not find all that lies below a folder of that name.
 * @param folders that paths are shown in
 */
export function searchShown(
  index: SearchIndex,
  query: Float32Array,
  options: SearchOptions,
  folders: readonly string[],
): SearchResult[] {
  const { filter, k = 10, minSimilarity = -Infinity } = options;
  if (filter?.path === undefined) return search(index, query, options);
  const { entries, matrices } = index;
  const fits = filterTest(filter);
  const accept = (row: number): boolean => {
    const entry = entries[row] as Entry;
    return fits({ ...entry, path: shownPath(entry.path, folders) });
  };
  return nearest(matrices, query, k, accept)
    .filter(({ similarity }) => similarity >= minSimilarity)
    .map(({ row, similarity }) => ({ entry: entries[row] as Entry, similarity }));
}
