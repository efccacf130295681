import { DisjointSets } from './disjoint-sets.ts';
import { dotProduct } from './dot-products.ts';
import type { Entry } from './entry.ts';
import { vectorOfRow } from './rows.ts';
import type { SearchIndex } from './search-index.ts';
import { joinSimilarRows } from './similar-rows.ts';

/** `threshold` is the least cosine of two pictures that count as nearly the same, above 0, at most 1; 0.95 unless said. */
export type DuplicateOptions = { threshold?: number };

/** Entries that are nearly the same picture, or the same file. */
export type DuplicateGroup = {
  /** Two or more, by id. */
  entries: readonly Entry[];
  /** The cosine of each with the first; about 1 for the first itself. */
  similarities: readonly number[];
  /** The lowest of `similarities`. It may be below the threshold: of three in a row, the outer two are linked by the middle one. */
  similarity: number;
  /** Whether all have the same content, byte for byte. */
  isSameFile: boolean;
};

/**
 * The groups of pictures that are nearly the same: all that are linked by pairs of the same hash or of a cosine of `threshold` or
 * more. Exact; no pair is missed. The largest groups come first, then by id.
 *
 * It compares every pair, so twice the rows take four times as long: minutes for 100,000 (bench/search.ts). Where other work must
 * go on meanwhile, take `duplicateSteps`.
 * @throws RangeError on a threshold that is not above 0 and at most 1
 */
export function duplicateGroups(index: SearchIndex, options?: DuplicateOptions): DuplicateGroup[] {
  const steps = duplicateSteps(index, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * The same in steps of a tenth of a second or so, each of which says which share is done, 0 to 1; the groups come at the end.
 * @throws RangeError as `duplicateGroups`
 */
export function duplicateSteps(
  index: SearchIndex,
  { threshold = 0.95 }: DuplicateOptions = {},
): Generator<number, DuplicateGroup[]> {
  if (!(threshold > 0 && threshold <= 1))
    throw new RangeError(
      `Cannot find duplicates: expected a threshold above 0, at most 1, but got ${threshold}; 0.95 is usual`,
    );
  return stepsOf(index, threshold);
}

function* stepsOf(index: SearchIndex, threshold: number): Generator<number, DuplicateGroup[]> {
  const { entries } = index;
  const vectors = entries.map((_, row) => vectorOfRow(index, row));
  const sets = new DisjointSets(entries.length);
  joinSameFiles(entries, sets);
  yield* joinSimilarRows(vectors, threshold, sets);
  const groups = sets.groups().map((rows) => groupOf(entries, vectors, rows));
  return groups.sort((one, other) => other.entries.length - one.entries.length); // stable: equal ones stay by id
}

function joinSameFiles(entries: readonly Entry[], sets: DisjointSets): void {
  const rows = new Map<string, number>();
  for (const [row, { hash }] of entries.entries()) {
    const earlier = rows.get(hash);
    if (earlier === undefined) rows.set(hash, row);
    else sets.join(earlier, row);
  }
}

function groupOf(entries: readonly Entry[], vectors: readonly Float32Array[], rows: readonly number[]): DuplicateGroup {
  const members = rows.map((row) => entries[row] as Entry);
  const first = vectors[rows[0] as number] as Float32Array;
  const similarities = rows.map((row) => dotProduct(vectors[row] as Float32Array, 0, first));
  return {
    entries: members,
    similarities,
    similarity: similarities.reduce((least, similarity) => Math.min(least, similarity)),
    isSameFile: members.every(({ hash }) => hash === members[0]?.hash),
  };
}
