import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FilePair, RawRow } from './pairs.ts';

/**
 * Looks for the picture at once: a promise for each of millions of rows would take five times as long.
 * @returns why a row cannot be used; undefined where it can
 */
export function checkRow(row: RawRow, base: string): string | undefined {
  if ('reason' in row) return row.reason;
  if (row.image.trim() === '') return 'it names no picture';
  const fault = captionFault(row.texts);
  if (fault !== undefined) return fault;
  const path = resolve(base, row.image);
  return isFile(path) ? undefined : `there is no file ${path}`;
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // a part of the path is no folder, or may not be looked into
  }
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
