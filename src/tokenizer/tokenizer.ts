import { TextTooLongError } from '../errors.ts';
import { bpe, mergeTable } from './bpe.ts';
import { fromByteCharacters, toByteCharacters } from './bytes.ts';
import { cleanText } from './clean-text.ts';
import { endOfWord, type Vocabulary } from './vocabulary.ts';
import { wordSplitter } from './words.ts';

export type EncodeOptions = {
  /** Lets `<|startoftext|>` and `<|endoftext|>` in the text act as the control tokens; else they are ordinary characters. */
  allowSpecialTokens?: boolean;
};

/** `truncate` cuts over-long texts, keeping the end token; without it they throw. */
export type TokenizeOptions = EncodeOptions & { truncate?: boolean };

export type Tokenizer = {
  readonly vocabulary: Vocabulary;
  /** Positions of a text, start and end tokens included. */
  readonly contextLength: number;
  readonly startId: number;
  readonly endId: number;
  readonly vocabSize: number;
  /** The ids of a text, without start and end. */
  encode: (text: string, options?: EncodeOptions) => number[];
  /** The text of ids, a space after each word. @throws RangeError on an id that the vocabulary does not have */
  decode: (ids: Iterable<number>) => string;
  /**
   * Start, ids, end, padded with 0: one row per text.
   * @returns shape [batch, contextLength]
   * @throws TextTooLongError on a text that does not fit, unless `truncate`
   */
  tokenize: (
    texts: string | readonly string[],
    options?: TokenizeOptions,
  ) => { ids: Int32Array; shape: [number, number] };
};

/** Words whose tokens are remembered; at the limit all are forgotten, so that a server does not grow. */
const rememberedWords = 50_000;

/**
 * CLIP's tokenizer: cleaned text is cut into words, and each word's bytes are merged by BPE.
 * Equal to OpenAI's SimpleTokenizer, with its vocabulary or another of the same form.
 * @throws RangeError on a context that holds no text, or a vocabulary without its own control tokens
 */
export function createTokenizer(vocabulary: Vocabulary, contextLength: number): Tokenizer {
  if (!Number.isSafeInteger(contextLength) || contextLength < 2) {
    throw new RangeError(`Cannot create tokenizer: expected contextLength to be 2 or more but got ${contextLength}`);
  }
  const { ids: idOf, startToken, endToken } = vocabulary;
  const startId = idOf.get(startToken);
  const endId = idOf.get(endToken);
  if (startId === undefined || endId === undefined) {
    throw new RangeError(`Cannot create tokenizer: its vocabulary has no ${startToken} or no ${endToken}`);
  }
  const table = mergeTable(vocabulary);
  const tokenOf = new Map([...idOf].map(([token, id]) => [id, token]));
  const splitPlain = wordSplitter();
  const splitWithSpecial = wordSplitter([startToken, endToken]);
  const remembered = new Map<string, readonly number[]>();

  function encodeWord(word: string): readonly number[] {
    const known = remembered.get(word);
    if (known) return known;
    const characters = [...toByteCharacters(word)];
    const last = characters.pop();
    const symbols = [...characters, last + endOfWord].map((symbol) => {
      const id = idOf.get(symbol);
      if (id === undefined) throw new RangeError(`Cannot encode '${word}': the vocabulary has no token '${symbol}'`);
      return id;
    });
    const tokens = bpe(symbols, table);
    if (remembered.size >= rememberedWords) remembered.clear();
    remembered.set(word, tokens);
    return tokens;
  }

  function encode(text: string, { allowSpecialTokens = false }: EncodeOptions = {}): number[] {
    if (typeof text !== 'string') throw new TypeError(`Cannot encode text: expected a string but got ${typeof text}`);
    const ids: number[] = [];
    for (const word of (allowSpecialTokens ? splitWithSpecial : splitPlain)(cleanText(text))) {
      if (allowSpecialTokens && word === startToken) ids.push(startId as number);
      else if (allowSpecialTokens && word === endToken) ids.push(endId as number);
      else for (const id of encodeWord(word)) ids.push(id);
    }
    return ids;
  }

  function decode(ids: Iterable<number>): string {
    let characters = '';
    for (const id of ids) {
      const token = tokenOf.get(id);
      if (token === undefined) throw new RangeError(`Cannot decode: the vocabulary has no id ${id}`);
      characters += token;
    }
    return fromByteCharacters(characters).replaceAll(endOfWord, ' ');
  }

  function tokenize(texts: string | readonly string[], { truncate = false, ...options }: TokenizeOptions = {}) {
    const list = typeof texts === 'string' ? [texts] : texts;
    const rows = new Int32Array(list.length * contextLength);
    for (const [index, text] of list.entries()) {
      const ids = encode(text, options);
      const tokens = ids.length + 2;
      if (tokens > contextLength && !truncate) {
        const beginning = text.length > 40 ? `${text.slice(0, 40)}...` : text;
        throw new TextTooLongError(
          `Cannot tokenize text ${index} ('${beginning}'): it has ${tokens} tokens, start and end included, but the context holds ${contextLength}; shorten it or pass truncate: true`,
          tokens,
          contextLength,
        );
      }
      const row = [startId as number, ...ids.slice(0, contextLength - 2), endId as number];
      rows.set(row, index * contextLength);
    }
    return { ids: rows, shape: [list.length, contextLength] as [number, number] };
  }

  return { vocabulary, contextLength, startId, endId, vocabSize: idOf.size, encode, decode, tokenize };
}
