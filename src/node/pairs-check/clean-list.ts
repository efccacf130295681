import { dirname, extname, relative } from 'node:path';
import { writeFileAtomically } from '../files.ts';
import { takePairs } from '../pair-list.ts';
import type { FilePair, PairSet } from '../pairs.ts';
import type { PairsReport } from './report-types.ts';

/** How a list of pairs is written: a table, or lines of JSON. */
export type ListFormat = 'csv' | 'jsonl';

/** @throws SyntaxError on a name that tells no format */
export function listFormat(path: string): ListFormat {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.jsonl') return 'jsonl';
  throw new SyntaxError(`Cannot write ${path}: expected a name that ends in .csv or .jsonl`);
}

/** Pairs of the training data that a clean list is without, by their places. */
function droppedPairs({ findings }: PairsReport): Set<number | undefined> {
  const dropped = findings.flatMap(({ places }) => places.filter(({ set, drop }) => set === 'data' && drop));
  return new Set(dropped.map(({ pair }) => pair));
}

/**
 * Writes the training data without the rows that the report drops, paths relative to the list. In a table a pair with several captions
 * has a row for each, and the rows a concept, its own or its picture, so that they count as right answers to each other.
 * @returns how many pairs are in it
 * @throws Error where pictures lie in shards
 */
export async function writeCleanList(path: string, { pairs }: PairSet, report: PairsReport): Promise<number> {
  const dropped = droppedPairs(report);
  let place = 0;
  const write = listFormat(path) === 'csv' ? tableRow : jsonLine;
  let count = 0;
  const encoder = new TextEncoder();
  async function* lines() {
    if (write === tableRow) yield encoder.encode('filepath,title,concept\n');
    for await (const pair of pairs) {
      assertFile(path, pair);
      if (dropped.has(place++)) continue;
      count++;
      yield encoder.encode(write({ ...pair, image: relative(dirname(path), pair.image) }));
    }
  }
  await writeFileAtomically(path, lines());
  return count;
}

/** Before pictures are looked at. @throws Error where the first pair lies in a shard */
export async function assertListable(path: string, { pairs }: PairSet): Promise<void> {
  for (const pair of await takePairs(pairs, 1)) assertFile(path, pair);
}

function assertFile(path: string, { image, bytes }: FilePair): void {
  if (bytes)
    throw new Error(
      `Cannot write ${path}: a list names picture files but ${image} lies in a shard; unpack the shards, and list what they hold`,
    );
}

function tableRow({ image, texts, concept }: FilePair): string {
  const shared = concept ?? (texts.length > 1 ? image : '');
  return texts.map((text) => `${[image, text, shared].map(field).join(',')}\n`).join('');
}

function jsonLine({ image, texts, concept }: FilePair): string {
  return `${JSON.stringify({ image, texts, ...(concept !== undefined && { concept }) })}\n`;
}

/** A field of a table (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
