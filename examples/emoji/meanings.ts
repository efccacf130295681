import type { Concept } from './concepts.ts';
import { type Meaning, type Nouns, singularForms } from './wordnet.ts';

/** Groups of emojibase whose labels name a thing, with words before it or behind it ("red apple", "pot of food"). */
const groupsOfThings = ['animals & nature', 'food & drink', 'travel & places', 'activities', 'objects'];

const behindTheThing = / (?:with|without|of|in|on|at|and|facing|showing|behind) /;

/** What a word can mean that can be drawn, most frequent first; nothing that has a proper name. */
export function drawableMeanings(word: string, { meaningsOf }: Nouns): Meaning[] {
  return meaningsOf(word).filter(({ category, above }) => category !== 'other' && above.length > 0);
}

/**
 * What a concept is, in WordNet: of the meanings of its label (or of the end of it) the one whose definition, other words
 * and higher kinds share most words with the concept's tags (after Lesk 1986); of equals the most frequent.
 * @returns undefined where WordNet does not know it, and for faces, hands, symbols and flags
 */
export function meaningOf(concept: Concept, nouns: Nouns): Meaning | undefined {
  const hints = new Set([...concept.tags, concept.subgroup].flatMap(wordsOf));
  for (const name of namesOf(concept).flatMap(singularForms)) {
    const meanings = drawableMeanings(name, nouns);
    const fit = (meaning: Meaning) => {
      const words = withHigherKinds(meaning, 5).flatMap((kind) => kind.words);
      const about = new Set([...words.filter((word) => word !== name), meaning.definition].flatMap(wordsOf));
      return [...about].filter((word) => hints.has(word)).length;
    };
    // A place down the order counts as much as half a word and a bit, so that a rare meaning needs a reason.
    const fits = meanings.map((meaning, at) => ({ meaning, fit: fit(meaning) - 0.6 * at }));
    const best = fits.sort((one, other) => other.fit - one.fit)[0];
    if (best) return best.meaning;
  }
  return undefined;
}

/** The label, then ever shorter ends of what it names: `red apple`, `apple`. */
function namesOf({ label, group }: Concept): string[] {
  const name = label.toLowerCase();
  if (group === 'people & body') return [name, name.replace(/^(man|woman) /, '')];
  if (!groupsOfThings.includes(group)) return [];
  const words = name
    .split(behindTheThing)[0]!
    .replace(/ face$/, '')
    .split(' ');
  return [name, ...words.map((_, from) => words.slice(from).join(' '))];
}

function withHigherKinds(meaning: Meaning, most: number): Meaning[] {
  const above = meaning.above[0];
  return above && most > 0 ? [meaning, ...withHigherKinds(above, most - 1)] : [meaning];
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[a-z]{3,}/g) ?? []).map((word) => word.replace(/s$/, ''));
}
