import type { Concept } from './concepts.ts';
import { lessonsOf } from './neighbours.ts';
import type { Recipe } from './recipe.ts';
import { readNouns, singularForms } from './wordnet.ts';

/**
 * Where training can have read the labels of held-out concepts, in other roles.
 * @returns all labels; those that are tags of trained concepts; those that are words of the dictionary that are taught
 */
export function wordsOfHeldOut(concepts: readonly Concept[], choices: Recipe['words']) {
  const labels = concepts.filter(({ isHeldOut }) => isHeldOut).map(({ label }) => label);
  const tags = new Set(concepts.flatMap((concept) => (concept.isHeldOut ? [] : concept.tags)));
  const words = new Set(lessonsOf(concepts, readNouns(), choices).map(({ word }) => word));
  return {
    labels,
    asTags: labels.filter((label) => tags.has(label)),
    taught: labels.filter((label) => singularForms(label.toLowerCase()).some((word) => words.has(word))),
  };
}
