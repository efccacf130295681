import { fillTemplate } from '../../src/classify/templates.ts';
import { drawWeighted, shuffled } from './chance.ts';
import type { Concept } from './concepts.ts';
import { kinds, kindsOf } from './kinds.ts';
import { nothingCaptions } from './nothing.ts';
import { type Recipe, templates } from './recipe.ts';

/** What is said of a picture, and which other captions of a batch mean the same: those with an equal number. */
export type Caption = { text: string; meaning: number };

/**
 * One of the ways to say what a concept is. What is drawn depends on the step and the random numbers alone.
 * @param index of the concept
 */
export function drawCaption(
  concept: Concept,
  index: number,
  step: number,
  { captions, mostTags, templated, later }: Recipe['sampling'],
  uniform: () => number,
): Caption {
  const ways = step < later.from ? captions : later.captions;
  const way = drawWeighted(Object.entries(ways) as [Way, number][], uniform);
  const kind = way === 'kind' ? drawKind(concept, uniform) : undefined;
  const words =
    kind === undefined ? drawWords(concept, way, mostTags, uniform) : drawOne(kinds[kind]!.phrases, uniform);
  const text = uniform() >= templated ? words : fillTemplate(drawOne(templates, uniform), words);
  return { text, meaning: kind === undefined ? index : -2 - kind };
}

/** What is said of a picture without a thing in it. */
export function drawNothingCaption(uniform: () => number): Caption {
  return { text: drawOne(nothingCaptions, uniform), meaning: -1 };
}

type Way = keyof Recipe['sampling']['later']['captions'];

/** @returns undefined where the concept is of no kind */
function drawKind(concept: Concept, uniform: () => number): number | undefined {
  const some = kindsOf(concept);
  return some[Math.floor(uniform() * some.length)];
}

function drawOne(phrases: readonly string[], uniform: () => number): string {
  return phrases[Math.floor(uniform() * phrases.length)] as string;
}

function drawWords({ label, tags, subgroup }: Concept, way: Way, mostTags: number, uniform: () => number): string {
  if (way === 'label' || way === 'kind' || tags.length === 0) return label;
  if (way === 'labelAndSubgroup') return `${label}, ${subgroup}`;
  const count = 1 + Math.floor(uniform() * mostTags);
  const some = shuffled(tags, Math.floor(uniform() * 2 ** 32)).slice(0, count);
  return (way === 'tags' ? some : [label, ...some]).join(', ');
}

/** What the vocabulary is learned from: the words of the trained concepts, and the templates. Other words are pieces of these. */
export function captionCorpus(concepts: readonly Concept[]): string[] {
  const trained = concepts.filter(({ isHeldOut }) => !isHeldOut);
  return [...trained.flatMap(({ label, tags, subgroup }) => [label, ...tags, subgroup]), ...templates];
}
