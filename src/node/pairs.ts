import { stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { permutation, sampleSeed } from '../random.ts';
import { folderRows } from './pairs-folder.ts';
import { jsonLines } from './pairs-jsonl.ts';
import { tableRows } from './pairs-table.ts';

/** A picture file with its captions, and where it stands in its source. */
export type FilePair = {
  /** Line of the file, from 1; in a folder, the picture's number. */
  line: number;
  /** Absolute path. */
  image: string;
  /** One is drawn each time that the picture is shown. */
  texts: readonly string[];
  /** Pairs with an equal concept are right answers to each other. */
  concept?: string | undefined;
};

/** A row that cannot be used, and why. */
export type BadRow = { line: number; reason: string };

/** What a source held, in its order. */
export type PairSet = { source: string; pairs: FilePair[]; bad: BadRow[] };

/** How to read a source. What does not concern its kind is not used. */
export type PairOptions = {
  /** Column of the picture's path; open_clip's `filepath` by default. */
  imageColumn?: string | undefined;
  /** Column of the caption; open_clip's `title` by default. */
  textColumn?: string | undefined;
  /** Column of the concept; none by default. */
  conceptColumn?: string | undefined;
  /** Between columns; by default the first of tab, comma and semicolon that the header has. */
  separator?: string | undefined;
  /** For a folder per class: sentences with `{}` where the class name goes. */
  templates?: readonly string[] | undefined;
};

/** A row as its format gives it, before it is known whether its picture exists. */
export type RawRow = { line: number } & ({ image: string; texts: string[]; concept?: string } | { reason: string });

/**
 * Reads pictures with their captions: a table (.csv, .tsv, .txt) with a header, lines of JSON (.jsonl, .ndjson), or a
 * folder with a folder of pictures per class. Paths are relative to the file. A row without a picture's path, without a
 * caption, not in UTF-8, or whose file is not there is bad; that a file is a picture shows when it is decoded.
 * @throws SyntaxError on a file that is no table at all or lacks a column, Error where nothing is
 */
export async function readPairs(source: string, options: PairOptions = {}): Promise<PairSet> {
  const status = await stat(source).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`Cannot read ${source}: there is no such file or folder`) : error;
  });
  const rows = status.isDirectory() ? folderRows(source, options) : fileRows(source, options);
  const base = status.isDirectory() ? source : dirname(source);
  const set: PairSet = { source, pairs: [], bad: [] };
  for await (const row of rows) {
    const found = 'reason' in row ? row : await withPath(row, base);
    if ('reason' in found) set.bad.push({ line: found.line, reason: found.reason });
    else set.pairs.push(found);
  }
  if (set.pairs.length + set.bad.length === 0)
    throw new SyntaxError(`Cannot read ${source}: expected rows of pictures and captions but it has none`);
  return set;
}

function fileRows(source: string, options: PairOptions): AsyncGenerator<RawRow> {
  const extension = extname(source).toLowerCase();
  if (['.csv', '.tsv', '.txt'].includes(extension)) return tableRows(source, options);
  if (['.jsonl', '.ndjson'].includes(extension)) return jsonLines(source);
  throw new SyntaxError(
    `Cannot read ${source}: expected a name that ends in .csv, .tsv, .txt, .jsonl or .ndjson, or a folder with a folder per class`,
  );
}

async function withPath(row: Exclude<RawRow, { reason: string }>, base: string): Promise<FilePair | BadRow> {
  const { line, image, concept } = row;
  const texts = row.texts.filter((text) => text.trim() !== '');
  if (image.trim() === '') return { line, reason: 'it names no picture' };
  if (texts.length === 0) return { line, reason: 'it has no caption' };
  if (texts.some((text) => text.includes('\ufffd')))
    return { line, reason: 'its caption has bytes that are not UTF-8; save the file as UTF-8' };
  const path = resolve(base, image);
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? { line, image: path, texts, concept } : { line, reason: `there is no file ${path}` };
}

/**
 * Sets a share of the pictures apart, by seed. All rows of a picture go to the same side.
 * @param share of the pictures, in [0, 1)
 */
export function splitPairs(
  pairs: readonly FilePair[],
  share: number,
  seed: number,
): { training: FilePair[]; validation: FilePair[] } {
  if (!(share >= 0 && share < 1))
    throw new RangeError(`Cannot split pairs: expected a share from 0 to below 1 but got ${share}`);
  const images = [...new Set(pairs.map(({ image }) => image))];
  const count = Math.round(share * images.length);
  const order = permutation(images.length, sampleSeed(seed, splitPlace));
  const apart = new Set(Array.from(order.subarray(0, count), (index) => images[index]));
  return {
    training: pairs.filter(({ image }) => !apart.has(image)),
    validation: pairs.filter(({ image }) => apart.has(image)),
  };
}

/** Keeps the split's seed apart from those of epochs, which count from 0. */
const splitPlace = 2 ** 40;
