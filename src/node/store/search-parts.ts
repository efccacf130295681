import { type SearchOptions, type SearchResult, search } from '../../search/search.ts';
import { readIndexParts } from './read-parts.ts';

/**
 * Searches an index that need not fit into memory: part by part, from the disk, so once for many queries is better than often
 * for one. The results are those of `search` on the whole.
 * @param queries unit vectors [embedDim]
 * @returns for each query the best, as `search` gives them
 * @throws {IndexError} where there is none, or it is damaged; what `search` throws
 */
export async function searchParts(
  directory: string,
  queries: readonly Float32Array[],
  options: SearchOptions = {},
): Promise<SearchResult[][]> {
  const { k = 10 } = options;
  let best: SearchResult[][] = queries.map(() => []);
  for await (const part of readIndexParts(directory))
    best = queries.map((query, i) => {
      const both = [...best[i]!, ...search(part, query, options)];
      // Stable: equal ones stay by id, since parts come by id
      return both.sort((a, b) => b.similarity - a.similarity).slice(0, k);
    });
  return best;
}
