import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import type { Clip } from '../clip.ts';
import { type EmbedFilesOptions, embedFiles } from './embed-files.ts';
import { findPictures } from './find-pictures.ts';
import { readTable } from './table.ts';

/** A picture file and the class that it shows. */
export type LabelledPicture = {
  /** Absolute path. */
  path: string;
  label: string;
  /** Where it is named: `line 12` of a table, or `folder cats`. */
  place: string;
  /** The cells of the further columns that were asked for. */
  columns: Record<string, string>;
};

/** What cannot be used, and why. */
export type BadPlace = { place: string; reason: string };

export type LabelledPictureOptions = {
  /** Column of the picture's path; `filepath` by default. */
  imageColumn?: string;
  /** Column of the class; `label` by default. */
  labelColumn?: string;
  /** Further columns that the table must have. */
  extraColumns?: readonly string[];
};

/**
 * Reads pictures with their classes: a table (.csv, .tsv, .txt) with a header, whose paths are relative to it; or a folder
 * with a folder per class, named like it with underscores for spaces. A row without path or label, or whose file is not
 * there, is bad; that a file is a picture shows when it is decoded.
 * @throws SyntaxError on a source that is neither, a missing column, a class without pictures, a picture that has the same
 *   label twice, or where no row can be used; Error where nothing is
 */
export async function readLabelledPictures(
  source: string,
  options: LabelledPictureOptions = {},
): Promise<{ pictures: LabelledPicture[]; bad: BadPlace[] }> {
  const status = await stat(source).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`Cannot read ${source}: there is no such file or folder`) : error;
  });
  const pictures: LabelledPicture[] = [];
  const bad: BadPlace[] = [];
  const seen = new Map<string, string>();
  for await (const row of status.isDirectory() ? folderRows(source, options) : tableRows(source, options)) {
    if ('reason' in row) {
      bad.push(row);
      continue;
    }
    const key = JSON.stringify([row.path, row.label]);
    const before = seen.get(key);
    if (before !== undefined)
      throw new SyntaxError(
        `Cannot read ${source}: ${row.place} repeats ${before}, the picture ${row.path} with the label '${row.label}'; take one of them away, or it counts twice`,
      );
    seen.set(key, row.place);
    pictures.push(row);
  }
  if (pictures.length > 0) return { pictures, bad };
  const [first] = bad;
  throw new SyntaxError(
    first
      ? `Cannot read ${source}: none of its ${bad.length} rows can be used; ${first.place}: ${first.reason}`
      : `Cannot read ${source}: expected rows of pictures and labels but it has none`,
  );
}

type Row = LabelledPicture | BadPlace;

async function* folderRows(
  source: string,
  { extraColumns: [column] = [] }: LabelledPictureOptions,
): AsyncGenerator<Row> {
  if (column !== undefined)
    throw new SyntaxError(
      `Cannot read ${source}: expected a table with a column '${column}' but it is a folder; name a .csv file`,
    );
  const entries = await readdir(source, { withFileTypes: true });
  const classes = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  if (classes.length === 0)
    throw new SyntaxError(
      `Cannot read ${source}: expected a folder of pictures for each class but it has no folder; put the pictures of each class into one, or name a table (.csv, .tsv)`,
    );
  for (const name of classes.sort()) {
    const place = `folder ${name}`;
    const unread: BadPlace[] = [];
    const skip = (path: string, { message }: Error) => unread.push({ place, reason: `${path}: ${message}` });
    const found = await findPictures([resolve(source, name)], skip);
    if (found.length + unread.length === 0)
      throw new SyntaxError(
        `Cannot read ${source}: the class '${name}' has no pictures; put some into ${join(source, name)}, or take the folder away`,
      );
    yield* unread;
    for (const { path } of found) yield { path, label: name.replaceAll('_', ' '), place, columns: {} };
  }
}

const cure = 'name the columns that it has by --image-column and --label-column';

async function* tableRows(source: string, options: LabelledPictureOptions): AsyncGenerator<Row> {
  const { imageColumn = 'filepath', labelColumn = 'label', extraColumns = [] } = options;
  if (!['.csv', '.tsv', '.txt'].includes(extname(source).toLowerCase()))
    throw new SyntaxError(
      `Cannot read ${source}: expected a name that ends in .csv, .tsv or .txt, or a folder with a folder per class`,
    );
  const cures = extraColumns.length > 0 ? `${cure} (groups by --groups)` : cure;
  for await (const row of readTable(source, [imageColumn, labelColumn, ...extraColumns], { cure: cures })) {
    const place = `line ${row.line}`;
    if ('reason' in row) {
      yield { place, reason: row.reason };
      continue;
    }
    const [image = '', label = '', ...extra] = row.cells.map((cell) => cell.trim());
    const path = resolve(dirname(source), image);
    const columns = Object.fromEntries(extraColumns.map((name, at) => [name, extra[at] as string]));
    if (image === '') yield { place, reason: 'it names no picture' };
    else if (label === '') yield { place, reason: 'it has no label' };
    else if ([label, ...extra].some((cell) => cell.includes('\ufffd')))
      yield { place, reason: 'it has bytes that are not UTF-8; save the file as UTF-8' };
    else if (!(await isFile(path))) yield { place, reason: `there is no file ${path}` };
    else yield { path, label, place, columns };
  }
}

async function isFile(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ?? false;
}

export type EmbedLabelledOptions = EmbedFilesOptions & {
  /** Is told of a file that cannot be decoded; the rest goes on. */
  skip?: (path: string, error: Error) => void;
};

/**
 * Embeds labelled pictures, each file once however many labels it has. They are read as they are needed, so a large folder
 * is never in memory at once.
 * @returns the pictures that could be read, in their order, and one vector [embedDim] for each, of unit length unless `unit: false`
 */
export async function embedLabelled(
  clip: Clip,
  pictures: readonly LabelledPicture[],
  { skip, ...options }: EmbedLabelledOptions = {},
): Promise<{ pictures: LabelledPicture[]; embeddings: Float32Array[] }> {
  const paths = [...new Set(pictures.map(({ path }) => path))];
  const rows = new Map<string, Float32Array>();
  for await (const { path, embedding, error } of embedFiles(clip, paths, options)) {
    if (error) skip?.(path, error);
    else rows.set(path, embedding);
  }
  const readable = pictures.filter(({ path }) => rows.has(path));
  return { pictures: readable, embeddings: readable.map(({ path }) => rows.get(path) as Float32Array) };
}
