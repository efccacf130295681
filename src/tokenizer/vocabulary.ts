import { byteCharacters } from './bytes.ts';

export type Vocabulary = {
  /** In the order in which they were learnt, each `left right`. */
  merges: readonly string[];
  /** Every token with its id, start and end token included. */
  ids: ReadonlyMap<string, number>;
  startToken: string;
  endToken: string;
};

/** Marks the last byte of a word, so that `cat` alone and `cat` in `catalogue` are different tokens. */
export const endOfWord = '</w>';

/** A vocabulary in OpenAI's order: the 256 bytes, the same at the end of a word, what each merge makes, start, end. */
export function vocabularyFromMerges(merges: readonly string[]): Vocabulary {
  const startToken = '<|startoftext|>';
  const endToken = '<|endoftext|>';
  const tokens = [
    ...byteCharacters,
    ...byteCharacters.map((character) => character + endOfWord),
    ...merges.map((pair) => pair.replace(' ', '')),
    startToken,
    endToken,
  ];
  return { merges, ids: new Map(tokens.map((token, id) => [token, id])), startToken, endToken };
}

let openai: Promise<Vocabulary> | undefined;

/** OpenAI's vocabulary of 49,408 tokens, which nearly every CLIP has. Loaded once, on first use. */
export function openaiVocabulary(): Promise<Vocabulary> {
  openai ??= import('./openai-merges.ts').then(({ openaiMerges }) => vocabularyFromMerges(openaiMerges.split('\n')));
  return openai;
}
