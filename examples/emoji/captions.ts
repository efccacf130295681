import { fillTemplate } from '../../src/classify/templates.ts';
import { drawWeighted, shuffled } from './chance.ts';
import type { Concept } from './concepts.ts';
import { type Recipe, templates } from './recipe.ts';

/** One of the ways to say what a concept is. What is drawn depends on the random numbers alone. */
export function drawCaption(
  concept: Concept,
  { captions, mostTags, templated }: Recipe['sampling'],
  uniform: () => number,
) {
  const words = drawWords(
    concept,
    drawWeighted(Object.entries(captions) as [Kind, number][], uniform),
    mostTags,
    uniform,
  );
  if (uniform() >= templated) return words;
  return fillTemplate(templates[Math.floor(uniform() * templates.length)] as string, words);
}

type Kind = keyof Recipe['sampling']['captions'];

function drawWords({ label, tags, subgroup }: Concept, kind: Kind, mostTags: number, uniform: () => number): string {
  if (kind === 'label' || tags.length === 0) return label;
  if (kind === 'labelAndSubgroup') return `${label}, ${subgroup}`;
  const count = 1 + Math.floor(uniform() * mostTags);
  const some = shuffled(tags, Math.floor(uniform() * 2 ** 32)).slice(0, count);
  return (kind === 'tags' ? some : [label, ...some]).join(', ');
}

/** What the vocabulary is learned from: the words of the trained concepts, and the templates. */
export function captionCorpus(concepts: readonly Concept[]): string[] {
  const trained = concepts.filter(({ isHeldOut }) => !isHeldOut);
  return [...trained.flatMap(({ label, tags, subgroup }) => [label, ...tags, subgroup]), ...templates];
}
