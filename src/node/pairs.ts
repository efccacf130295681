import { dirname } from 'node:path';
import { type FoundSource, findSource } from './find-source.ts';
import { joinPairs, mapPairs, type PairList, pairList } from './pair-list.ts';
import { folderRows } from './pairs-folder.ts';
import { jsonLines } from './pairs-jsonl.ts';
import { tableFormat } from './pairs-table.ts';
import { readRows } from './row-list.ts';
import { checkRow, pairOf } from './row-pair.ts';
import { readShards } from './shards/pairs-shards.ts';

/** A picture file with its captions, and where it stands in its source. */
export type FilePair = {
  /** Line of the file, from 1; in a folder or in shards, the picture's number. */
  line: number;
  /** Where that is not a line of the source, in words, e.g. `000123.jpg of shards/0001.tar`. */
  place?: string;
  /** Absolute path; of a picture in a shard the shard's, and its name there: `/data/0001.tar/000123.jpg`. */
  image: string;
  /** Where the picture lies inside another file. `pictureOf` reads it. */
  bytes?: { file: string; offset: number; size: number };
  /** One is drawn each time that the picture is shown. */
  texts: readonly string[];
  /** Pairs with an equal concept are right answers to each other. */
  concept?: string | undefined;
};

/** A row that cannot be used, and why. */
export type BadRow = { line: number; place?: string; reason: string };

/** What a source held, in its order. */
export type PairSet = { source: string; pairs: PairList; bad: BadRow[] };

/** One of several sources, and how often an epoch shows each of its pairs; once by default, 0.5: every other epoch. */
export type PairSource = { path: string; weight?: number | undefined };

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
  /** Hears how far the sources are looked over, in bytes. */
  onProgress?: ((done: number, total: number) => void) | undefined;
};

/** A row as its format gives it, before it is known whether its picture exists. */
export type RawRow = { line: number } & ({ image: string; texts: string[]; concept?: string } | { reason: string });

/**
 * Looks over pictures with their captions: a table (.csv, .tsv, .txt) with a header, lines of JSON (.jsonl, .ndjson), WebDataset
 * shards (a .tar, several as `{0000..0031}.tar` or `*.tar`, a folder of them), or a folder with a folder of pictures per class; or
 * several of these. Paths are relative to the file. A row without a picture's path, without a caption, not in UTF-8, or whose
 * file is not there is bad; that a file is a picture shows when it is decoded. Of tables, lines and shards is held where each row
 * stands, and the rows are read again as they are wanted.
 * @throws SyntaxError on a file that is no table at all or lacks a column, Error where nothing is, RangeError on a weight that
 *   is not above 0
 */
export async function readPairs(source: string | readonly PairSource[], options: PairOptions = {}): Promise<PairSet> {
  const sources = typeof source === 'string' ? [{ path: source }] : source;
  for (const { path, weight = 1 } of sources)
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new RangeError(`Cannot read ${path}: expected a weight above 0 but got ${weight}`);
  const found = [];
  for (const { path } of sources) found.push(await findSource(path));
  const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  const sets: PairSet[] = [];
  let before = 0;
  for (const [at, { path }] of sources.entries()) {
    const one = found[at] as FoundSource;
    const begin = before;
    const onProgress = (done: number) => options.onProgress?.(begin + done, total);
    sets.push(await readSource(path, one, { ...options, onProgress }));
    before += one.bytes;
  }
  const weights = sources.map(({ weight = 1 }: PairSource) => weight);
  const [only] = sets;
  return only && sets.length === 1 && weights[0] === 1 ? only : joinSets(sets, weights);
}

async function readSource(source: string, { kind, files }: FoundSource, options: PairOptions): Promise<PairSet> {
  const read = {
    table: async () => readRows(source, dirname(source), await tableFormat(source, options), options),
    lines: async () => readRows(source, dirname(source), jsonLines(source), options),
    shards: () => readShards(source, files, options),
    classes: () => readClasses(source, options),
  };
  const set = await read[kind]();
  if (set.pairs.length + set.bad.length === 0)
    throw new SyntaxError(`Cannot read ${source}: expected rows of pictures and captions but it has none`);
  return set;
}

async function readClasses(source: string, options: PairOptions): Promise<PairSet> {
  const pairs: FilePair[] = [];
  const bad: BadRow[] = [];
  for await (const row of folderRows(source, options)) {
    const reason = checkRow(row, source);
    if (reason === undefined) pairs.push(pairOf(row, source));
    else bad.push({ line: row.line, reason });
  }
  return { source, pairs: pairList(pairs), bad };
}

/** Several sets as one: what stands in a line says of which. */
function joinSets(sets: readonly PairSet[], weights: readonly number[]): PairSet {
  const parts = sets.map(({ source, pairs, bad }, at) => {
    const placed = <Row extends { line: number; place?: string }>(row: Row): Row => ({
      ...row,
      place: row.place ?? `line ${row.line} of ${source}`,
    });
    return { list: mapPairs(pairs, placed), weight: weights[at] as number, bad: bad.map(placed) };
  });
  return {
    source: sets.map(({ source }) => source).join(' and '),
    pairs: joinPairs(parts),
    bad: parts.flatMap(({ bad }) => bad),
  };
}
