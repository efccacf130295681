import { type ByteReader, byteReader } from './byte-reader.ts';
import { growingNumbers } from './growing-numbers.ts';
import type { PairList } from './pair-list.ts';
import type { BadRow, PairOptions, PairSet, RawRow } from './pairs.ts';
import { checkRow, pairOf } from './row-pair.ts';
import type { RowPlace } from './table.ts';

/** A format whose rows can be read again alone. */
export type RowFormat = {
  /** All of them, in order. */
  rows: () => AsyncIterable<RowPlace & RawRow>;
  /** One from its bytes. */
  parse: (bytes: Buffer, line: number) => RawRow;
};

/**
 * Looks a file of rows over. Of a row that can be used 16 bytes are held: where it stands, its size, its line.
 * @param base the folder from which the pictures' paths go
 */
export async function readRows(
  source: string,
  base: string,
  format: RowFormat,
  { onProgress }: PairOptions,
): Promise<PairSet> {
  const reader = await byteReader(source);
  const offsets = growingNumbers(Float64Array);
  const sizes = growingNumbers(Uint32Array);
  const lines = growingNumbers(Uint32Array);
  const bad: BadRow[] = [];
  for await (const row of format.rows()) {
    const fault = checkRow(row, base);
    onProgress?.(row.offset + row.size, reader.size);
    if (fault === undefined) {
      offsets.push(row.offset);
      sizes.push(row.size);
      lines.push(row.line);
    } else bad.push({ line: row.line, reason: fault });
  }
  const places = { offsets: offsets.values(), sizes: sizes.values(), lines: lines.values() };
  return { source, pairs: listRows(places, reader, base, format), bad };
}

type RowPlaces = { offsets: Float64Array; sizes: Uint32Array; lines: Uint32Array };

function listRows({ offsets, sizes, lines }: RowPlaces, reader: ByteReader, base: string, format: RowFormat): PairList {
  return {
    length: offsets.length,
    read: async (index) => {
      const bytes = await reader.read(offsets[index] as number, sizes[index] as number);
      return pairOf(format.parse(bytes, lines[index] as number), base);
    },
    async *[Symbol.asyncIterator]() {
      await reader.assertUnchanged();
      let next = 0;
      if (offsets.length === 0) return;
      for await (const row of format.rows()) {
        if (row.offset !== offsets[next]) continue;
        yield pairOf(row, base);
        if (++next === offsets.length) return;
      }
    },
  };
}
