import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FilePair, RawRow } from './pairs.ts';

/** @returns why a row cannot be used; undefined where it can */
export async function checkRow(row: RawRow, base: string): Promise<string | undefined> {
  if ('reason' in row) return row.reason;
  if (row.image.trim() === '') return 'it names no picture';
  const fault = captionFault(row.texts);
  if (fault !== undefined) return fault;
  const path = resolve(base, row.image);
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? undefined : `there is no file ${path}`;
}

/** @returns why captions cannot be used; undefined where they can */
export function captionFault(texts: readonly string[]): string | undefined {
  const given = withWords(texts);
  if (given.length === 0) return 'it has no caption';
  if (given.some((text) => text.includes('\ufffd')))
    return 'its caption has bytes that are not UTF-8; save the file as UTF-8';
  return undefined;
}

/** Leaves captions without words out. */
export function withWords(texts: readonly string[]): string[] {
  return texts.filter((text) => text.trim() !== '');
}

/** A row that was checked, with its picture's path from `base`. */
export function pairOf(row: RawRow, base: string): FilePair {
  if ('reason' in row) throw new Error(`Cannot read line ${row.line}: ${row.reason}`);
  const { line, image, texts, concept } = row;
  return { line, image: resolve(base, image), texts: withWords(texts), concept };
}
