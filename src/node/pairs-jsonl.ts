import { open } from 'node:fs/promises';
import type { RawRow } from './pairs.ts';

/** Lines of JSON: `{ "image": path, "text": caption }`, or `"texts": [captions]`; and `"concept"`, a name or a number. */
export async function* jsonLines(source: string): AsyncGenerator<RawRow> {
  const file = await open(source);
  try {
    let line = 0;
    for await (const content of file.readLines({ autoClose: false })) {
      line++;
      const text = line === 1 ? content.replace(/^\ufeff/, '') : content;
      if (text.trim() !== '') yield { line, ...readRow(text) };
    }
  } finally {
    await file.close();
  }
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
