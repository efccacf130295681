import { newerLetters, newerNumbers } from './newer-unicode.ts';
import { unicodeSpace } from './whitespace.ts';

const letters = `\\p{L}${newerLetters}`;
const numbers = `\\p{N}${newerNumbers}`;

// OpenAI's pattern: contractions, runs of letters, single digits, runs of anything else that is no whitespace. It is
// matched there without regard to case by the PyPI package `regex`. On text that is lower case already this still shows
// in two places, which are written out here: the long s (U+017F) is an s, and U+0345 (combining iota below) belongs to
// no class at all, neither to the letters nor to what is no letter, because its capital is one.
const words = `'[sſ]|'t|'re|'ve|'m|'ll|'d|[${letters}]+|[${numbers}]|[^${unicodeSpace}\\u0345${letters}${numbers}]+`;

/** A pattern that finds the words of cleaned text one after the other; `specialTokens` are found whole. */
export function wordPattern(specialTokens: readonly string[] = []): RegExp {
  const special = specialTokens.map((token) => `${escapeForPattern(token.toLowerCase()).replaceAll('s', '[sſ]')}|`);
  return new RegExp(special.join('') + words, 'gu');
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
