import { textToByteCharacters } from './bytes.ts';
import { cleanText } from './clean-text.ts';
import { createHeap } from './heap.ts';
import { wordPattern } from './split-words.ts';
import { endOfWord, type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A word of the corpus as tokens so far, and how often it occurs. */
type Word = { tokens: string[]; count: number };

/** A pair of neighbouring tokens: how often it occurs in the corpus, and in which words it has been seen. */
type Pair = { left: string; right: string; count: number; words: Set<Word> };

const startToken = '<|startoftext|>';
const endToken = '<|endoftext|>';
const minVocabularySize = 2 * 256 + 2;

/**
 * Learns a vocabulary from a corpus by byte pair encoding (Sennrich et al. 2016, algorithm 1): the most frequent pair
 * of neighbouring tokens becomes a token, again and again. Of equally frequent pairs the one that sorts first (left,
 * then right, by code unit) is taken, so that the same corpus always gives the same vocabulary. Text is cleaned and
 * split, and tokens are numbered, as OpenAI's are.
 * @param vocabularySize tokens in all: 256 bytes, the same at the end of a word, the merges, start and end
 * @returns fewer tokens than asked for when no pair is left that occurs twice
 */
export function trainBpe(texts: Iterable<string>, vocabularySize: number): Vocabulary {
  if (typeof texts === 'string') {
    throw new TypeError('Cannot train vocabulary: expected an array of texts but got one string; put it in an array');
  }
  if (!Number.isInteger(vocabularySize) || vocabularySize < minVocabularySize) {
    throw new RangeError(
      `Cannot train vocabulary: expected a whole size of at least ${minVocabularySize} but got ${vocabularySize}; ` +
        'the bytes, start and end need that many tokens',
    );
  }
  const pairs = new Map<string, Pair>();
  // Pairs with the count they had when put here. Where it has changed since, the pair is here again with the new one.
  const queue = createHeap<{ pair: Pair; count: number }>(comesFirst);
  const changed = new Set<Pair>();

  function addPairs(word: Word, sign: 1 | -1): void {
    for (let at = 0; at + 1 < word.tokens.length; at++) {
      const left = word.tokens[at]!;
      const right = word.tokens[at + 1]!;
      const key = `${left} ${right}`;
      const pair = pairs.get(key) ?? { left, right, count: 0, words: new Set() };
      pairs.set(key, pair);
      pair.count += sign * word.count;
      pair.words.add(word);
      changed.add(pair);
    }
  }

  function requeue(): void {
    for (const pair of changed) if (pair.count > 1) queue.push({ pair, count: pair.count });
    changed.clear();
  }

  for (const word of countWords(texts)) addPairs(word, 1);
  requeue();

  // Two merges can make the same token, and the second of them can bring back a pair that was merged before.
  const merges = new Set<string>();
  const made = new Set<string>();
  while (minVocabularySize + made.size < vocabularySize) {
    const best = queue.pop();
    if (!best) break;
    const { pair, count } = best;
    if (count !== pair.count) continue;
    merges.add(`${pair.left} ${pair.right}`);
    made.add(pair.left + pair.right);
    for (const word of pair.words) {
      addPairs(word, -1);
      word.tokens = mergePair(word.tokens, pair.left, pair.right);
      addPairs(word, 1);
    }
    pairs.delete(`${pair.left} ${pair.right}`);
    requeue();
  }
  return vocabularyOf([...merges], startToken, endToken);
}

function comesFirst(a: { pair: Pair; count: number }, b: { pair: Pair; count: number }): boolean {
  if (a.count !== b.count) return a.count > b.count;
  if (a.pair.left !== b.pair.left) return a.pair.left < b.pair.left;
  return a.pair.right < b.pair.right;
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  const pattern = wordPattern();
  for (const text of texts) {
    if (typeof text !== 'string') {
      throw new TypeError(`Cannot train vocabulary: expected texts to be strings but got ${typeof text}`);
    }
    for (const word of cleanText(text).match(pattern) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => {
    const tokens = textToByteCharacters(word);
    tokens[tokens.length - 1] += endOfWord;
    return { tokens, count };
  });
}

/** Joins `left right` wherever it occurs, from left to right. */
function mergePair(tokens: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at] === left && tokens[at + 1] === right) {
      merged.push(left + right);
      at++;
    } else merged.push(tokens[at]!);
  }
  return merged;
}
