import { newerLetters, newerNumbers } from './newer-unicode.ts';

// Python matches these without regard to case, by which the long s is an s.
const contraction = "'[sſ]|'t|'re|'ve|'m|'ll|'d";

const letters = `\\p{L}${newerLetters}`;
const numbers = `\\p{N}${newerNumbers}`;

/**
 * What no token reaches beyond: a contraction, a run of letters, a single digit, a run of anything else but spaces.
 * U+0345, a mark whose capital is a letter, falls through Python's classes and is lost, so it is here.
 */
const word = `${contraction}|[${letters}]+|[${numbers}]|[^ \\u0345${letters}${numbers}]+`;

/**
 * Makes the function that cuts cleaned text (whose only white space is the space) into words, as OpenAI's pattern does.
 * @param specialTokens each of them is a word of its own wherever it stands
 */
export function wordSplitter(specialTokens: readonly string[] = []): (text: string) => string[] {
  const special = specialTokens.map((token) => token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/s/g, '[sſ]'));
  const pattern = new RegExp([...special, word].join('|'), 'gu');
  return (text) => text.match(pattern) ?? [];
}
