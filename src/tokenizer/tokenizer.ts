import { TextTooLongError } from '../errors.ts';
import { encodeWord } from './bpe.ts';
import { byteCharactersToBytes, textToByteCharacters } from './bytes.ts';
import { cleanText } from './clean-text.ts';
import { wordPattern } from './split-words.ts';
import { decodeUtf8Lossy } from './utf8.ts';
import { endOfWord, mergeTable, type Vocabulary } from './vocabulary.ts';

/** Turns text into the token ids that the text encoder reads, and back. */
export type Tokenizer = {
  vocabulary: Vocabulary;
  /** Ids per row of `tokenize`, start and end included. */
  contextLength: number;
  startId: number;
  endId: number;
  vocabSize: number;
  /**
   * The ids of any text, without start and end. Their names are ordinary characters in it, so that nobody's caption
   * ends early, unless `allowSpecialTokens` is true: then equal to OpenAI's `SimpleTokenizer.encode` for every string.
   * Throws a TypeError for what is no string, a RangeError where the vocabulary lacks a byte of the text.
   */
  encode(text: string, options?: { allowSpecialTokens?: boolean }): number[];
  /** The text of ids, a space after each word, as OpenAI's `decode` gives it. Throws a RangeError for an unknown id. */
  decode(ids: Iterable<number>): string;
  /**
   * Rows for the text encoder: start, the ids of one text, end, then zeros up to `contextLength`.
   * Throws a TextTooLongError unless `truncate` is true: then the text loses its last ids, never the end token.
   */
  tokenize(
    texts: string | readonly string[],
    options?: { truncate?: boolean; allowSpecialTokens?: boolean },
  ): { ids: Int32Array; shape: [number, number] };
};

// Words are remembered: captions repeat them. The memory is emptied when full, so that it stays below 30 MB on a server.
const maxCachedWords = 32_768;
const maxCachedWordLength = 32; // UTF-16 units: at most 96 bytes, so 96 ids

/**
 * CLIP's tokenizer (OpenAI's simple_tokenizer.py): clean the text, cut it into words, encode the bytes of each by BPE.
 * Throws a RangeError for a context length below 2 and for a vocabulary without its start or end token or a merge's
 * parts.
 */
export function createTokenizer(vocabulary: Vocabulary, contextLength: number): Tokenizer {
  if (!Number.isInteger(contextLength) || contextLength < 2) {
    throw new RangeError(
      `Cannot create tokenizer: expected a whole context length of at least 2 (start and end) but got ${contextLength}`,
    );
  }
  const { ids, startToken, endToken } = vocabulary;
  const startId = specialId(vocabulary, startToken);
  const endId = specialId(vocabulary, endToken);
  const merges = mergeTable(vocabulary);
  const ordinaryWords = wordPattern();
  const wordsAndSpecialTokens = wordPattern([startToken, endToken]);
  const specialIds = new Map([
    [startToken.toLowerCase(), startId],
    [endToken.toLowerCase(), endId],
  ]);
  const tokens = new Map([...ids].map(([token, id]) => [id, token]));
  const cache = new Map<string, readonly number[]>();

  function idsOfWord(word: string): readonly number[] {
    const known = cache.get(word);
    if (known) return known;
    const letters = textToByteCharacters(word);
    letters[letters.length - 1] += endOfWord;
    const encoded = encodeWord(
      letters.map((letter) => ids.get(letter) ?? missing(letter, word)),
      merges,
    );
    if (word.length <= maxCachedWordLength) {
      if (cache.size >= maxCachedWords) cache.clear();
      cache.set([...word].join(''), encoded); // a copy: the word itself may be a slice that keeps its whole text alive
    }
    return encoded;
  }

  function encode(text: string, { allowSpecialTokens = false } = {}): number[] {
    requireString('Cannot encode text', text);
    const encoded: number[] = [];
    for (const word of cleanText(text).match(allowSpecialTokens ? wordsAndSpecialTokens : ordinaryWords) ?? []) {
      const special = allowSpecialTokens ? specialIds.get(word) : undefined;
      if (special !== undefined) encoded.push(special);
      else for (const id of idsOfWord(word)) encoded.push(id);
    }
    return encoded;
  }

  function decode(tokenIds: Iterable<number>): string {
    let characters = '';
    for (const id of tokenIds) {
      const token = tokens.get(id);
      if (token === undefined) {
        throw new RangeError(`Cannot decode ids: expected ids from 0 to ${ids.size - 1} but got ${id}`);
      }
      characters += token;
    }
    return decodeUtf8Lossy(byteCharactersToBytes(characters)).replaceAll(endOfWord, ' ');
  }

  function tokenize(
    texts: string | readonly string[],
    { truncate = false, allowSpecialTokens = false } = {},
  ): { ids: Int32Array; shape: [number, number] } {
    const batch = typeof texts === 'string' ? [texts] : texts;
    if (!Array.isArray(batch)) {
      throw new TypeError(`Cannot tokenize texts: expected a string or an array of strings but got ${describe(texts)}`);
    }
    const rows = new Int32Array(batch.length * contextLength); // [batch, contextLength], row by row
    for (const [row, text] of batch.entries()) {
      const which = batch.length === 1 ? 'text' : `text ${row} of ${batch.length}`;
      requireString(`Cannot tokenize ${which}`, text);
      const encoded = encode(text, { allowSpecialTokens });
      const room = contextLength - 2;
      if (encoded.length > room && !truncate) throw tooLong(which, encoded.length + 2, contextLength);
      const kept = encoded.length > room ? encoded.slice(0, room) : encoded;
      rows.set([startId, ...kept, endId], row * contextLength);
    }
    return { ids: rows, shape: [batch.length, contextLength] };
  }

  return { vocabulary, contextLength, startId, endId, vocabSize: ids.size, encode, decode, tokenize };
}

function specialId({ ids }: Vocabulary, token: string): number {
  const id = ids.get(token);
  if (id !== undefined) return id;
  throw new RangeError(`Cannot create tokenizer: expected "${token}" in the vocabulary but it is not there`);
}

function missing(letter: string, word: string): never {
  throw new RangeError(
    `Cannot encode "${word}": expected the byte token "${letter}" in the vocabulary but it is not there; ` +
      'use the vocabulary that the model was trained with',
  );
}

function tooLong(which: string, tokens: number, contextLength: number): TextTooLongError {
  return new TextTooLongError(
    `Cannot tokenize ${which}: expected at most ${contextLength} tokens with start and end but got ${tokens}; ` +
      'shorten it, or cut its end off with truncate: true',
    tokens,
    contextLength,
  );
}

function requireString(action: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${action}: expected a string but got ${describe(value)}`);
}

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
