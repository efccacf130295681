import { byteCharacters, toByteCharacters } from './bytes.ts';
import { cleanText } from './clean-text.ts';
import { endOfWord, type Vocabulary, vocabularyFromMerges } from './vocabulary.ts';
import { wordSplitter } from './words.ts';

/** A distinct word of the corpus: its symbols so far, and how often it occurs. */
type Word = { symbols: string[]; count: number };

/** How often a pair stands in the corpus, and in which words it was seen. */
type Pair = { count: number; words: Set<Word> };

const withoutMerges = 2 * byteCharacters.length + 2; // every byte, every byte at the end of a word, start and end

/**
 * Learns a vocabulary: again and again the most frequent pair of neighbouring symbols becomes a symbol of its own
 * (Sennrich et al. 2016, Algorithm 1). Of equally frequent pairs the first in code unit order is taken.
 * @param vocabularySize tokens wanted, 514 at least; fewer are made where no pair occurs twice any more
 * @throws RangeError on a size below 514
 */
export function trainBpe(texts: Iterable<string>, vocabularySize: number): Vocabulary {
  if (!Number.isSafeInteger(vocabularySize) || vocabularySize < withoutMerges) {
    throw new RangeError(
      `Cannot train a vocabulary: expected ${withoutMerges} tokens or more but got ${vocabularySize}`,
    );
  }
  const pairs = new Map<string, Pair>();
  for (const word of countWords(texts)) addPairs(pairs, word, word.count);
  const merges: string[] = [];
  while (withoutMerges + merges.length < vocabularySize) {
    const best = mostFrequent(pairs);
    if (!best) break;
    merges.push(best);
    for (const word of [...(pairs.get(best) as Pair).words]) {
      addPairs(pairs, word, -word.count);
      word.symbols = merge(word.symbols, best);
      addPairs(pairs, word, word.count);
    }
  }
  return vocabularyFromMerges(merges);
}

function countWords(texts: Iterable<string>): Word[] {
  const split = wordSplitter();
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of split(cleanText(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => {
    const characters = [...toByteCharacters(word)];
    const last = characters.pop();
    return { symbols: [...characters, last + endOfWord], count };
  });
}

/** Counts a word's pairs `times` times more; a negative number takes them away. */
function addPairs(pairs: Map<string, Pair>, word: Word, times: number): void {
  for (let i = 0; i + 1 < word.symbols.length; i++) {
    const name = `${word.symbols[i]} ${word.symbols[i + 1]}`;
    const pair = pairs.get(name) ?? { count: 0, words: new Set<Word>() };
    pair.count += times;
    if (times > 0) pair.words.add(word);
    else pair.words.delete(word);
    if (pair.count > 0) pairs.set(name, pair);
    else pairs.delete(name);
  }
}

function mostFrequent(pairs: ReadonlyMap<string, Pair>): string | undefined {
  let best: string | undefined;
  let most = 1; // a pair that occurs once saves nothing
  for (const [name, { count }] of pairs) {
    if (count > most || (count === most && best !== undefined && name < best)) {
      best = name;
      most = count;
    }
  }
  return best;
}

function merge(symbols: readonly string[], pair: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = `${symbols[i]} ${symbols[i + 1]}` === pair;
    merged.push(isPair ? `${symbols[i]}${symbols[i + 1]}` : (symbols[i] as string));
    if (isPair) i++;
  }
  return merged;
}
