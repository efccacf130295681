import { relative } from 'node:path';
import type { DuplicateGroup } from '../search/duplicates.ts';
import type { Entry } from '../search/entry.ts';
import type { Facet, Facets } from '../search/facets.ts';
import type { SearchResult } from '../search/search.ts';
import type { IndexHeader } from '../search/search-index.ts';
import { printJson, table } from './output.ts';
import type { SearchCommand } from './search.ts';

type Found = { results: readonly SearchResult[]; facets?: Facets };

/** Results in the form that was asked for. @param asked what was looked for, for JSON */
export function printResults(
  header: IndexHeader,
  { results, facets }: Found,
  asked: object,
  { store, json, paths, null: isNull }: SearchCommand,
): void {
  const facetAt = (row: number) => facets?.facets[row];
  if (json)
    printJson({
      store,
      model: header.model,
      ...asked,
      results: results.map(({ entry, similarity }, row) => ({
        ...jsonOf(entry),
        similarity,
        ...facetJson(facetAt(row)),
      })),
      ...(facets && { facets: facets.counts }),
    });
  else if (paths || isNull)
    for (const { entry } of results) process.stdout.write(`${entry.path}${isNull ? '\0' : '\n'}`);
  else if (results.length === 0) console.error('nothing was found');
  else {
    const rows = results.map(({ entry, similarity }, row) => [
      similarity.toFixed(4),
      ...(facets ? [plain(facetAt(row)?.label ?? '')] : []),
      ...(entry.caption === undefined ? [] : [plain(entry.caption)]),
      shownPath(entry.path),
    ]);
    console.log(table(rows));
    if (facets)
      console.log(`\n${table(facets.counts.map(({ label, count }) => [String(count).padStart(5), plain(label)]))}`);
  }
}

/** Groups in the form that was asked for; of paths alone, with an empty line between groups. */
export function printGroups(
  header: IndexHeader,
  groups: readonly DuplicateGroup[],
  { store, json, paths }: SearchCommand,
): void {
  if (json)
    printJson({
      store,
      model: header.model,
      groups: groups.map(({ entries, similarities, similarity, isSameFile }) => ({
        similarity,
        isSameFile,
        entries: entries.map((entry, row) => ({ ...jsonOf(entry), similarity: similarities[row] })),
      })),
    });
  else if (groups.length === 0) console.error('nothing was found');
  else if (paths)
    console.log(
      groups
        .map(({ entries }) => `${entries.map(({ path }) => path).join('\n')}\n`)
        .join('\n')
        .trimEnd(),
    );
  else console.log(groups.map(groupText).join('\n\n'));
}

function groupText(group: DuplicateGroup): string {
  const { entries, similarities } = group;
  const rows = entries.map((entry, row) => [`  ${(similarities[row] as number).toFixed(4)}`, shownPath(entry.path)]);
  return `${headingOf(group)}\n${table(rows)}`;
}

/** A group in a few words. */
export function headingOf({ entries, similarity, isSameFile }: DuplicateGroup): string {
  const count = entries.length;
  return isSameFile ? `${count} files of the same content` : `${count} pictures, similarity ${similarity.toFixed(4)}`;
}

/** Of a caption's picture no more than the path is known. */
function jsonOf({ id, path, size, modified, hash, width, height, caption }: Entry): object {
  if (caption !== undefined) return { id, path, caption, hash };
  return { id, path, size, modified: new Date(modified).toISOString(), hash, width, height };
}

const facetJson = (facet: Facet | undefined) =>
  facet ? { facet: facet.label, facetSimilarity: facet.similarity } : {};

/** From here on where that is shorter and inside; without what would steer the terminal. */
function shownPath(path: string): string {
  const below = relative('', path);
  return plain(below !== '' && !below.startsWith('..') ? below : path);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
