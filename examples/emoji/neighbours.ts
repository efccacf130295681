import type { Concept } from './concepts.ts';
import { kinds } from './kinds.ts';
import { drawableMeanings, meaningOf } from './meanings.ts';
import { nothingCaptions } from './nothing.ts';
import type { Recipe } from './recipe.ts';
import type { Meaning, Nouns } from './wordnet.ts';

/** A word of the dictionary, and the trained concepts that are most like what it means. */
export type Lesson = {
  word: string;
  /** How likely it is to be drawn, against the other words. */
  weight: number;
  near: readonly { concepts: readonly number[]; weight: number }[];
};

/**
 * The dictionary's words for things that are near to trained concepts. Which concepts are held out plays no part, but that
 * these are not among the trained ones: their names come in as all other words do.
 */
export function lessonsOf(concepts: readonly Concept[], nouns: Nouns, choices: Recipe['words']): Lesson[] {
  const { nearest, sharpness, leastLikeness, fewestMentions } = choices;
  const byMeaning = new Map<Meaning, number[]>();
  const phrases = [...nothingCaptions, ...kinds.flatMap((kind) => kind.phrases)];
  const captions = new Set(phrases.map((phrase) => phrase.replace(/^an? /, '')));
  for (const [index, concept] of concepts.entries()) {
    if (concept.isHeldOut) continue;
    for (const caption of [concept.label, ...concept.tags]) captions.add(caption.toLowerCase());
    const meaning = concept.isFlag ? undefined : meaningOf(concept, nouns);
    if (meaning) byMeaning.set(meaning, [...(byMeaning.get(meaning) ?? []), index]);
  }
  const likeness = createLikeness(nouns);
  const known = [...byMeaning.keys()];
  const nearOf = new Map<Meaning, Lesson['near']>();

  function near(meaning: Meaning): Lesson['near'] {
    const likest = known
      .map((one) => ({ concepts: byMeaning.get(one)!, likeness: likeness(meaning, one) }))
      .sort((one, other) => other.likeness - one.likeness)
      .slice(0, nearest);
    const best = likest[0]?.likeness ?? 0;
    if (best < leastLikeness) return [];
    return likest.map((one) => ({ concepts: one.concepts, weight: Math.exp(sharpness * (one.likeness - best)) }));
  }

  return nouns.words.flatMap((word) => {
    const mentions = nouns.mentions(word);
    const meaning = drawableMeanings(word, nouns)[0];
    if (captions.has(word) || mentions < fewestMentions || !meaning || meaning.category === 'person') return [];
    if (!nearOf.has(meaning)) nearOf.set(meaning, near(meaning));
    const found = nearOf.get(meaning)!;
    return found.length > 0 ? [{ word, weight: Math.sqrt(mentions), near: found }] : [];
  });
}

/**
 * How alike two meanings are, 0 to 1 (Lin 1998): twice what their nearest common kind says, over what each says. What a
 * kind says is 1 - log(kinds below it, itself too) / log(all kinds) (Seco et al. 2004).
 */
export function createLikeness(nouns: Nouns): (one: Meaning, other: Meaning) => number {
  const sizes = new Map<Meaning, number>();
  const kinds = new Map<Meaning, ReadonlySet<Meaning>>();
  const sizeOf = (meaning: Meaning): number => remembered(sizes, meaning, () => below(meaning).size);
  const kindsOf = (meaning: Meaning) => remembered(kinds, meaning, () => reached(meaning, (one) => one.above));
  const below = (meaning: Meaning) => reached(meaning, (one) => one.below);
  const all = Math.max(...nouns.meaningsOf('entity').map(sizeOf));
  const information = (meaning: Meaning) => 1 - Math.log(sizeOf(meaning)) / Math.log(all);
  return (one, other) => {
    let shared = 0;
    const kindsOfOther = kindsOf(other);
    for (const kind of kindsOf(one)) if (kindsOfOther.has(kind)) shared = Math.max(shared, information(kind));
    return shared === 0 ? 0 : (2 * shared) / (information(one) + information(other));
  };
}

function remembered<K, V>(values: Map<K, V>, key: K, make: () => V): V {
  const value = values.get(key) ?? make();
  values.set(key, value);
  return value;
}

/** A meaning and all that is reached from it by a relation. */
function reached(from: Meaning, next: (meaning: Meaning) => readonly Meaning[]): ReadonlySet<Meaning> {
  const all = new Set([from]);
  for (const meaning of all) for (const one of next(meaning)) all.add(one); // a set grows while it is gone through
  return all;
}
