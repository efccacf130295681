import type { MergeTable } from './bpe.ts';
import { byteAlphabet } from './bytes.ts';

/**
 * What a byte-level BPE tokenizer has learned. The last letter of a word carries `</w>`: `cat` is made of `c`, `a` and
 * `t</w>`.
 */
export type Vocabulary = {
  /** `'left right'`, the merge that was learned first in front. */
  merges: readonly string[];
  /** Token to id, 0 to size - 1, special tokens included. */
  ids: ReadonlyMap<string, number>;
  startToken: string;
  endToken: string;
};

/** Ends the last token of each word. */
export const endOfWord = '</w>';

let openai: Promise<Vocabulary> | undefined;

/**
 * The vocabulary of OpenAI's CLIP, 49,408 tokens, which most later models share. Its data (525 kB) is loaded when first
 * asked for.
 */
export function openaiVocabulary(): Promise<Vocabulary> {
  openai ??= import('./openai-merges.ts').then(({ openaiMerges }) =>
    vocabularyOf(openaiMerges.trim().split('\n'), '<|startoftext|>', '<|endoftext|>'),
  );
  return openai;
}

/**
 * Numbers tokens as OpenAI does: the 256 bytes, the same at the end of a word, what each merge makes, start, end. A
 * token that a second merge makes again keeps its id.
 */
export function vocabularyOf(merges: readonly string[], startToken: string, endToken: string): Vocabulary {
  const tokens = new Set([...byteAlphabet, ...byteAlphabet.map((character) => character + endOfWord)]);
  for (const merge of merges) tokens.add(merge.replace(' ', ''));
  tokens.add(startToken).add(endToken);
  return { merges, ids: new Map([...tokens].map((token, id) => [token, id])), startToken, endToken };
}

/** Looks up the ids of every merge. Throws a RangeError where a merge has a part or a result that is no token. */
export function mergeTable({ merges, ids }: Vocabulary): MergeTable {
  const ranks = new Map<number, number>();
  const results: number[] = [];
  for (const [rank, merge] of merges.entries()) {
    const space = merge.indexOf(' ');
    const left = merge.slice(0, space);
    const right = merge.slice(space + 1);
    const [leftId, rightId, result] = [left, right, left + right].map((token) => {
      const id = ids.get(token);
      if (id !== undefined) return id;
      throw new RangeError(
        `Cannot use merge ${rank} ("${merge}"): expected "${token}" in the vocabulary but it is not there`,
      );
    });
    ranks.set(leftId! * ids.size + rightId!, rank);
    results.push(result!);
  }
  return { size: ids.size, ranks, results };
}
