import { createHash } from 'node:crypto';
import { openaiPreprocess } from '../../../src/config.ts';
import type { Entry, NewEntry } from '../../../src/search/entry.ts';
import type { IndexHeader, SearchIndex } from '../../../src/search/search-index.ts';

export function headerOf(embedDim: number): IndexHeader {
  const model = { name: 'made up', hash: 'a'.repeat(64) };
  return { format: 1, model, embedDim, preprocess: openaiPreprocess(224), exifRotate: true, roots: ['/pictures'] };
}

/** An entry whose hash tells its vector, so that a row in a wrong place is seen, whatever its path becomes. */
export function entryOf(path: string): NewEntry {
  const hash = createHash('sha256').update(path).digest('hex');
  return { path, size: path.length, modified: 1.7e12 + path.length / 8, hash, width: 40, height: 30 };
}

/** A unit vector that follows from the hash. */
export function vectorOf({ hash }: Pick<Entry, 'hash'>, embedDim: number): Float32Array {
  const bytes = Buffer.from(hash, 'hex');
  const values = Float32Array.from({ length: embedDim }, (_, i) => bytes[i % 32]! - 127.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

export function rowsOf(paths: readonly string[], embedDim: number): [NewEntry[], Float32Array[]] {
  const entries = paths.map(entryOf);
  return [entries, entries.map((entry) => vectorOf(entry, embedDim))];
}

/** What is wrong with an index as such: ids that do not ascend, rows that are not those of their entries. */
export function faultOf({ entries, matrices, header: { embedDim } }: SearchIndex): string | undefined {
  let row = 0;
  for (const { rows } of matrices) {
    for (let at = 0; at < rows.length; at += embedDim) {
      const entry = entries[row];
      if (!entry) return `row ${row} has no entry`;
      if (row > 0 && entries[row - 1]!.id >= entry.id) return `id ${entry.id} does not ascend`;
      if (Buffer.compare(bytesOf(vectorOf(entry, embedDim)), bytesOf(rows.subarray(at, at + embedDim))) !== 0)
        return `row ${row} is not that of ${entry.path}`;
      row++;
    }
  }
  return row === entries.length ? undefined : `${entries.length} entries have ${row} rows`;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);
