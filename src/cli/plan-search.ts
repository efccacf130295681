import { stat } from 'node:fs/promises';
import { type Filter, filterTest } from '../search/filter.ts';
import { parseQuery, type Term } from '../search/query.ts';
import { trimmed } from './read-text.ts';
import type { SearchCommand } from './search.ts';
import { asUsage, UsageError } from './usage.ts';

const action = 'Cannot search';

/** What is the same for each kind of search. */
export type Choice = { filter: Filter; labels?: string[] };

export type Plan = Choice &
  ({ kind: 'query'; terms: Term[] } | { kind: 'sameAs'; file: string } | { kind: 'duplicates' });

/** What is asked for, checked as far as that goes without an index. @throws UsageError */
export async function planSearch(words: readonly string[], options: SearchCommand): Promise<Plan> {
  const { sameAs, duplicates, facets } = options;
  const given = [words.length > 0, sameAs !== undefined, duplicates === true].filter(Boolean).length;
  if (given !== 1)
    throw new UsageError(
      `${action}: expected a query, --same-as or --duplicates, ${given === 0 ? 'but there is none of them' : 'one of them'}`,
    );
  if (options.json && (options.paths || options.null))
    throw new UsageError(`${action}: --json has the paths; leave ${options.paths ? '--paths' : '--null'} out`);
  const filter = await readFilter(options);
  if (duplicates) {
    if (facets !== undefined) throw new UsageError(`${action}: --facets sorts results of a query; leave it out`);
    if (options.null)
      throw new UsageError(
        `${action}: --duplicates has groups, so take --paths, with an empty line between them, or --json`,
      );
    checkThreshold(options.minSimilarity);
    return { kind: 'duplicates', filter };
  }
  const labels = facets === undefined ? {} : { labels: readLabels(facets) };
  if (sameAs !== undefined) {
    checkThreshold(options.minSimilarity);
    await assertFile(sameAs);
    return { kind: 'sameAs', file: sameAs, filter, ...labels };
  }
  const terms = await asUsage(() => parseQuery(words.join(' ')));
  for (const { kind, value } of terms) if (kind === 'image') await assertFile(value);
  return { kind: 'query', terms, filter, ...labels };
}

async function readFilter({
  path,
  after,
  before,
  minSize,
  maxSize,
  minWidth,
  minHeight,
}: SearchCommand): Promise<Filter> {
  const bounds = { path, after, before, minSize, maxSize, minWidth, minHeight };
  const filter: Filter = Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined));
  await asUsage(() => filterTest(filter));
  return filter;
}

function readLabels(text: string): string[] {
  const labels = trimmed(text.split(','));
  if (labels.length === 0) throw new UsageError(`${action}: expected labels with commas between them after --facets`);
  if (new Set(labels).size < labels.length) throw new UsageError(`${action}: a label of --facets is there twice`);
  return labels;
}

function checkThreshold(minSimilarity: number | undefined): void {
  if (minSimilarity !== undefined && !(minSimilarity > 0 && minSimilarity <= 1))
    throw new UsageError(`${action}: expected --min-similarity to be above 0, at most 1, but got ${minSimilarity}`);
}

async function assertFile(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile())
    throw new UsageError(
      `${action}: there is no picture ${path}${status ? ', it is a folder' : ''}; if it is meant as words, put them into "quotes" within the query`,
    );
}
