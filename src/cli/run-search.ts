import { resolve } from 'node:path';
import { buildClassifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import { contentHash } from '../node/content-hash.ts';
import { writeFileAtomically } from '../node/files.ts';
import { embedQuery } from '../node/indexing/embed-query.ts';
import { contactSheet } from '../node/search-report.ts';
import { openIndex, readIndexHeader, searchParts } from '../node/store/store.ts';
import { assertFileWritable } from '../node/writable.ts';
import { duplicateGroups } from '../search/duplicates.ts';
import type { Entry } from '../search/entry.ts';
import { type Facets, facetsOf } from '../search/facets.ts';
import { type Filter, filterTest } from '../search/filter.ts';
import type { Term } from '../search/query.ts';
import { vectorOfRow } from '../search/rows.ts';
import { type SearchResult, search } from '../search/search.ts';
import type { IndexHeader, SearchIndex } from '../search/search-index.ts';
import { openIndexModel } from './index-model.ts';
import { type Choice, planSearch } from './plan-search.ts';
import { headingOf, printGroups, printResults } from './print-results.ts';
import type { SearchCommand } from './search.ts';

/** The least cosine of what counts as nearly the same picture. */
const nearlySame = 0.95;

export async function runSearch(words: string[], options: SearchCommand): Promise<void> {
  const plan = await planSearch(words, options);
  if (options.html !== undefined) await assertFileWritable(options.html);
  const header = await readIndexHeader(options.store);
  if (plan.kind === 'duplicates') return showDuplicates(header, plan.filter, options);
  let clip: Clip | undefined;
  const openModel = async () => {
    clip ??= await openIndexModel(header, options);
    return clip;
  };
  const found =
    plan.kind === 'sameAs'
      ? await findSame(plan.file, openModel, plan, options)
      : await findByQuery(plan.terms, openModel, header, plan, options);
  const facets = plan.labels && (await sortByLabels(found, plan.labels, await openModel(), options.store));
  clip?.dispose();
  const asked = plan.kind === 'sameAs' ? { sameAs: plan.file } : { query: plan.terms };
  if (options.html !== undefined) {
    const title = plan.kind === 'sameAs' ? `Same as ${plan.file}` : words.join(' ');
    const lead = `From ${options.store}, the nearest first, with their cosine.`;
    const group = { heading: `${found.length} pictures`, pictures: found };
    await writeFileAtomically(options.html, await contactSheet(title, lead, [group], header.exifRotate));
  }
  printResults(header, { results: found, ...(facets && { facets }) }, asked, options);
}

async function findByQuery(
  terms: readonly Term[],
  openModel: () => Promise<Clip>,
  { exifRotate }: IndexHeader,
  { filter }: Choice,
  { store, top = 10, minSimilarity }: SearchCommand,
): Promise<SearchResult[]> {
  const query = await embedQuery(await openModel(), terms, { exifRotate });
  const options = { k: top, filter, ...(minSimilarity !== undefined && { minSimilarity }) };
  const [results = []] = await searchParts(store, [query], options);
  return results;
}

/** A file that is in the index, under any name, has its vector there: no model is needed. */
async function findSame(
  file: string,
  openModel: () => Promise<Clip>,
  { filter }: Choice,
  { store, top, minSimilarity = nearlySame }: SearchCommand,
): Promise<SearchResult[]> {
  const { index } = await openIndex(store);
  const hash = await contentHash(file);
  const row = index.entries.findIndex((entry) => entry.hash === hash);
  const { exifRotate } = index.header;
  const query =
    row >= 0
      ? vectorOfRow(index, row)
      : await embedQuery(await openModel(), [{ kind: 'image', value: file, weight: 1 }], { exifRotate });
  const itself = resolve(file);
  const others = { k: Math.max(1, index.entries.length), minSimilarity, filter };
  const results = search(index, query, others).filter(({ entry }) => entry.path !== itself);
  return results.slice(0, top);
}

async function sortByLabels(
  results: readonly SearchResult[],
  labels: readonly string[],
  clip: Clip,
  store: string,
): Promise<Facets> {
  const { classNames, weights } = await buildClassifier(clip, labels);
  const directions = classNames.map((label, at) => ({ label, vector: weights[at] as Float32Array }));
  const { index } = await openIndex(store);
  return facetsOf(index, results, directions);
}

async function showDuplicates(header: IndexHeader, filter: Filter, options: SearchCommand): Promise<void> {
  const { store, top, html, minSimilarity = nearlySame } = options;
  const index = within((await openIndex(store)).index, filter);
  const groups = duplicateGroups(index, { threshold: minSimilarity }).slice(0, top);
  if (html !== undefined) {
    const lead = `${groups.length} groups of ${store} with a cosine of ${minSimilarity} or more.`;
    const sections = groups.map((group, at) => ({
      heading: `${at + 1}. ${headingOf(group)}`,
      pictures: group.entries.map((entry, row) => ({ entry, similarity: group.similarities[row] as number })),
    }));
    await writeFileAtomically(html, await contactSheet('Duplicates', lead, sections, header.exifRotate));
  }
  printGroups(header, groups, options);
}

/** The part of an index that a filter lets through. */
function within(index: SearchIndex, filter: Filter): SearchIndex {
  if (Object.keys(filter).length === 0) return index;
  const { embedDim } = index.header;
  const fits = filterTest(filter);
  const rows = [...index.entries.keys()].filter((row) => fits(index.entries[row] as Entry));
  const matrix = new Float32Array(rows.length * embedDim);
  for (const [at, row] of rows.entries()) matrix.set(vectorOfRow(index, row), at * embedDim);
  const entries = rows.map((row) => index.entries[row] as Entry);
  return { ...index, entries, matrices: [{ rows: matrix, embedDim }] };
}
