import { dotProduct } from './dot-products.ts';
import { rowOfId, vectorOfRow } from './rows.ts';
import type { SearchResult } from './search.ts';
import type { SearchIndex } from './search-index.ts';

/** A label and its direction: the unit vector [embedDim] of its prompt, or a class's of `buildClassifier`. */
export type FacetLabel = { label: string; vector: Float32Array };

/** A label of a result and its cosine with it. */
export type Facet = { label: string; similarity: number };

export type Facets = {
  /** How many results have each label: the most frequent first, equal ones in the order of the labels; also those that none has. */
  counts: { label: string; count: number }[];
  /** The label of each result. */
  facets: Facet[];
};

/**
 * Sorts results by labels that nobody trained for (zero-shot; CLIP, section 3.1): each gets the label of the highest cosine, of
 * equal ones the first. Every result gets one, also where none fits well: give a label for the rest, such as `something else`.
 * @param results of `search` in this index
 * @throws RangeError without labels, on one that is named twice and on a result that the index does not have, TypeError on a vector
 *   of another width
 */
export function facetsOf(
  index: SearchIndex,
  results: readonly Pick<SearchResult, 'entry'>[],
  labels: readonly FacetLabel[],
): Facets {
  checkLabels(labels, index.header.embedDim);
  const counts = new Map(labels.map(({ label }) => [label, 0]));
  const facets = results.map(({ entry }) => {
    const row = rowOfId(index, entry.id);
    if (row === undefined)
      throw new RangeError(
        `Cannot sort results by labels: the index has no entry ${entry.id}; search again, it has changed`,
      );
    const facet = bestLabel(vectorOfRow(index, row), labels);
    counts.set(facet.label, (counts.get(facet.label) ?? 0) + 1);
    return facet;
  });
  const counted = Array.from(counts, ([label, count]) => ({ label, count }));
  return { counts: counted.sort((one, other) => other.count - one.count), facets };
}

function bestLabel(vector: Float32Array, labels: readonly FacetLabel[]): Facet {
  const ranked = labels.map((each) => ({ label: each.label, similarity: dotProduct(vector, 0, each.vector) }));
  return ranked.reduce((best, other) => (other.similarity > best.similarity ? other : best));
}

function checkLabels(labels: readonly FacetLabel[], embedDim: number): void {
  if (labels.length === 0) throw new RangeError('Cannot sort results by labels: expected at least one label');
  const names = new Set<string>();
  for (const { label, vector } of labels) {
    if (names.has(label)) throw new RangeError(`Cannot sort results by labels: '${label}' is named twice`);
    names.add(label);
    if (vector.length !== embedDim)
      throw new TypeError(
        `Cannot sort results by labels: expected vectors [${embedDim}] but that of '${label}' is [${vector.length}]; embed it with the model of the index`,
      );
  }
}
