import { byteLines } from './byte-lines.ts';
import type { RawRow } from './pairs.ts';
import type { RowFormat } from './row-list.ts';

/** Lines of JSON: `{ "image": path, "text": caption }`, or `"texts": [captions]`; and `"concept"`, a name or a number. */
export function jsonLines(source: string): RowFormat {
  return {
    async *rows() {
      for await (const { line, offset, bytes } of byteLines(source))
        if (textOf(bytes, line).trim() !== '') yield { offset, size: bytes.length, ...parseLine(bytes, line) };
    },
    parse: parseLine,
  };
}

function parseLine(bytes: Buffer, line: number): RawRow {
  return { line, ...readRow(textOf(bytes, line)) };
}

function textOf(bytes: Buffer, line: number): string {
  const text = bytes.toString('utf8');
  return line === 1 ? text.replace(/^\ufeff/, '') : text;
}

type Row = { reason: string } | { image: string; texts: string[]; concept?: string };

function readRow(json: string): Row {
  let row: unknown;
  try {
    row = JSON.parse(json);
  } catch (error) {
    return { reason: `it is not JSON (${(error as Error).message})` };
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { reason: 'it is no JSON object' };
  const { image, text, texts = text === undefined ? [] : [text], concept } = row as Record<string, unknown>;
  if (typeof image !== 'string') return { reason: 'its "image" is no path' };
  const areStrings = Array.isArray(texts) && texts.every((caption) => typeof caption === 'string');
  if (!areStrings || (text !== undefined && texts.length !== 1))
    return { reason: 'it has neither a string as "text" nor strings as "texts"' };
  if (concept === undefined || concept === null) return { image, texts };
  if (typeof concept !== 'string' && typeof concept !== 'number')
    return { reason: 'its "concept" is neither a name nor a number' };
  return { image, texts, concept: String(concept) };
}
