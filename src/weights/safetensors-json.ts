/**
 * A strict JSON reader for headers. JSON.parse would let duplicate keys pass, take `2e0` for an integer and round numbers above
 * 2 ** 53. This one is told what to expect and reads just that, in one pass, without building a tree.
 */
import { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';

/** A place in a JSON text. `code` and `action` are for the errors, e.g. `Cannot read safetensors header`. */
export type Cursor = {
  readonly text: string;
  readonly code: SafetensorsErrorCode;
  readonly action: string;
  at: number;
};

/** Nesting that the reference's parser (serde_json) allows. */
const MAX_DEPTH = 127;

/** Throws: what stands at the cursor is not what was expected. */
export function unexpected(cursor: Cursor, expected: string): never {
  const found =
    cursor.at < cursor.text.length
      ? JSON.stringify(String.fromCodePoint(cursor.text.codePointAt(cursor.at)!))
      : 'the end';
  throw new SafetensorsError(
    cursor.code,
    `${cursor.action}: expected ${expected} but got ${found} at character ${cursor.at}`,
  );
}

/** Skips white space (the four characters of JSON) and returns the next character, `''` at the end. */
export function peek(cursor: Cursor): string {
  const { text } = cursor;
  for (; cursor.at < text.length; cursor.at++) {
    const character = text[cursor.at]!;
    if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return character;
  }
  return '';
}

function expect(cursor: Cursor, token: string): void {
  peek(cursor);
  if (!cursor.text.startsWith(token, cursor.at)) unexpected(cursor, `'${token}'`);
  cursor.at += token.length;
}

/** Checks that only white space is left. */
export function expectEnd(cursor: Cursor): void {
  if (peek(cursor) !== '') unexpected(cursor, 'nothing more');
}

/** Reads `null`. */
export function readNull(cursor: Cursor): void {
  expect(cursor, 'null');
}

/** Reads an object; `readValue` is called with each key and must read its value. Duplicate keys are its business. */
export function readObject(cursor: Cursor, readValue: (key: string) => void): void {
  readList(cursor, '{', '}', () => {
    const key = readString(cursor);
    expect(cursor, ':');
    readValue(key);
  });
}

/** Reads an array; `readItem` is called for each item and must read it. */
export function readArray(cursor: Cursor, readItem: () => void): void {
  readList(cursor, '[', ']', readItem);
}

function readList(cursor: Cursor, open: string, close: string, readItem: () => void): void {
  expect(cursor, open);
  if (peek(cursor) !== close) {
    readItem();
    while (peek(cursor) === ',') {
      cursor.at++;
      readItem();
    }
    if (peek(cursor) !== close) unexpected(cursor, `',' or '${close}'`);
  }
  cursor.at++;
}

/** Reads a string; escapes are resolved, and half a surrogate pair is refused. */
export function readString(cursor: Cursor): string {
  if (peek(cursor) !== '"') unexpected(cursor, 'a string');
  const { text } = cursor;
  let value = '';
  let start = ++cursor.at;
  for (;;) {
    const unit = text.charCodeAt(cursor.at); // NaN at the end
    if (unit === 0x22) break;
    if (unit === 0x5c) {
      value += text.slice(start, cursor.at) + readEscape(cursor);
      start = cursor.at;
    } else if (unit >= 0x20) cursor.at++;
    else unexpected(cursor, 'a character of a string or its end');
  }
  return value + text.slice(start, cursor.at++);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function readEscape(cursor: Cursor): string {
  const letter = cursor.text[++cursor.at] ?? '';
  if (letter !== 'u') {
    if (!Object.hasOwn(simpleEscapes, letter)) unexpected(cursor, 'an escape letter');
    cursor.at++;
    return simpleEscapes[letter]!;
  }
  const unit = readHexUnit(cursor);
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
  if (unit > 0xdbff || !cursor.text.startsWith('\\u', cursor.at)) unexpected(cursor, 'a whole surrogate pair');
  cursor.at++;
  const low = readHexUnit(cursor);
  if (low < 0xdc00 || low > 0xdfff) unexpected(cursor, 'a whole surrogate pair');
  return String.fromCharCode(unit, low);
}

function readHexUnit(cursor: Cursor): number {
  const digits = cursor.text.slice(cursor.at + 1, cursor.at + 5);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) unexpected(cursor, 'four hexadecimal digits');
  cursor.at += 5;
  return Number.parseInt(digits, 16);
}

/** Reads a number as it is written. */
export function readNumber(cursor: Cursor): string {
  peek(cursor);
  const start = cursor.at;
  const skip = (characters: string): boolean => {
    const found = cursor.at < cursor.text.length && characters.includes(cursor.text[cursor.at]!);
    if (found) cursor.at++;
    return found;
  };
  const skipDigits = (): void => {
    if (!skip('0123456789')) unexpected(cursor, 'a digit');
    while (skip('0123456789'));
  };
  skip('-');
  if (!skip('0')) skipDigits();
  if (skip('.')) skipDigits();
  if (skip('eE')) {
    skip('+-');
    skipDigits();
  }
  const literal = cursor.text.slice(start, cursor.at);
  if (!Number.isFinite(Number(literal))) unexpected(cursor, 'a number that fits a double');
  return literal;
}

/** Reads any value and forgets it. @param depth the number of objects and arrays that it stands in */
export function skipValue(cursor: Cursor, depth: number): void {
  const next = peek(cursor);
  if ((next === '{' || next === '[') && depth === MAX_DEPTH)
    unexpected(cursor, `at most ${MAX_DEPTH} levels of nesting`);
  if (next === '{') readObject(cursor, () => skipValue(cursor, depth + 1));
  else if (next === '[') readArray(cursor, () => skipValue(cursor, depth + 1));
  else if (next === '"') readString(cursor);
  else if (next === 't') expect(cursor, 'true');
  else if (next === 'f') expect(cursor, 'false');
  else if (next === 'n') expect(cursor, 'null');
  else readNumber(cursor);
}
