import type { Classifier } from '../classify/classifier.ts';
import { type RankedClass, rank } from '../classify/rank.ts';
import type { OpenIndex } from '../node/store/store.ts';
import { combine } from '../search/combine.ts';
import { type DuplicateGroup, duplicateGroups } from '../search/duplicates.ts';
import type { Entry } from '../search/entry.ts';
import { rowOfId, vectorOfRow } from '../search/rows.ts';
import type { SearchOptions, SearchResult } from '../search/search.ts';
import type { IndexHeader, SearchIndex } from '../search/search-index.ts';
import { mostComparisons } from './limits.ts';
import { Refusal } from './refusal.ts';
import { searchShown } from './search-shown.ts';
import { shownFolders } from './shown-path.ts';

/** A part of a query: a vector, or the picture with an id, and how much it counts. */
export type VectorTerm = ({ vector: Float32Array } | { id: number }) & { weight: number };

/** Labels as directions, and e^temperature for their probabilities. */
export type Labels = { classifier: Classifier; logitScale: number };

export type SearchTask =
  | { kind: 'facts' }
  | { kind: 'entry'; id: number }
  | { kind: 'search'; terms: readonly VectorTerm[]; options: SearchOptions; without?: number; labels?: Labels }
  | { kind: 'classify'; ids?: readonly number[]; labels: Labels }
  | { kind: 'duplicates'; threshold: number };

/** `folders`: see `shownFolders`. `captions`: whether the rows are those of captions. */
export type IndexFacts = {
  header: IndexHeader;
  version: number;
  count: number;
  failures: number;
  folders: readonly string[];
  captions: boolean;
};

/** A result with its labels, the best first, where there are any. */
export type Found = SearchResult & { facets?: RankedClass[] };

export type Classified = { id: number; ranked: RankedClass[] };

/** The result of each kind of task, in the same order. */
export type IndexValue = IndexFacts | Entry | Found[] | Classified[] | DuplicateGroup[];

/** @throws Refusal on what the client has to mend */
export function answerTask({ index, version, failures }: OpenIndex, task: SearchTask): IndexValue {
  switch (task.kind) {
    case 'facts':
      return factsOf(index, version, failures.length);
    case 'entry':
      return index.entries[rowOf(index, task.id)] as Entry;
    case 'search':
      return find(index, task);
    case 'classify':
      return classify(index, task);
    case 'duplicates':
      return duplicateGroups(index, { threshold: task.threshold });
  }
}

function factsOf(index: SearchIndex, version: number, failures: number): IndexFacts {
  const { header, entries } = index;
  const captions = entries[0]?.caption !== undefined;
  return { header, version, count: entries.length, failures, folders: foldersOf(index), captions };
}

const folders = new WeakMap<SearchIndex, readonly string[]>();

/** Of each index they are looked for once. */
function foldersOf(index: SearchIndex): readonly string[] {
  const found = folders.get(index) ?? shownFolders(index);
  folders.set(index, found);
  return found;
}

function find(index: SearchIndex, { terms, options, without, labels }: SearchTask & { kind: 'search' }): Found[] {
  const vectors = terms.map((term) => ({
    vector: 'vector' in term ? term.vector : vectorOfRow(index, rowOf(index, term.id)),
    weight: term.weight,
  }));
  const { k = 10 } = options;
  const found = refusing(() =>
    searchShown(index, combine(vectors), { ...options, k: without === undefined ? k : k + 1 }, foldersOf(index)),
  );
  const results = found.filter(({ entry }) => entry.id !== without).slice(0, k);
  if (!labels) return results;
  return results.map((result) => ({ ...result, facets: ranked(index, result.entry.id, labels) }));
}

function classify(index: SearchIndex, { ids, labels }: SearchTask & { kind: 'classify' }): Classified[] {
  const pictures = ids ?? index.entries.map(({ id }) => id);
  const comparisons = pictures.length * labels.classifier.classNames.length;
  if (comparisons > mostComparisons)
    throw new Refusal(
      400,
      'too_many',
      `Cannot classify: ${pictures.length} pictures times ${labels.classifier.classNames.length} labels are ${comparisons}, more than ${mostComparisons}; send fewer ids`,
    );
  return pictures.map((id) => ({ id, ranked: ranked(index, id, labels) }));
}

function ranked(index: SearchIndex, id: number, { classifier, logitScale }: Labels): RankedClass[] {
  return rank(vectorOfRow(index, rowOf(index, id)), classifier, logitScale, -1).ranked;
}

function rowOf(index: SearchIndex, id: number): number {
  const row = rowOfId(index, id);
  if (row === undefined) throw new Refusal(404, 'no_such_id', `Cannot find picture ${id}: it is not in the index`);
  return row;
}

/** What the search says of terms that cancel out and of bounds that exclude each other is for the client. */
function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(400, 'bad_request', error.message);
    throw error;
  }
}
