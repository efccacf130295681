import type { Clip } from '../clip.ts';
import { type ClassPrompts, toClasses } from './class-prompts.ts';
import type { Classifier, ClassifierOptions } from './classifier.ts';
import { directionOf, embedClasses, sumOf } from './ensemble.ts';
import { defaultTemplates } from './templates.ts';

/**
 * A classifier that still knows what each template brought to it. Plain data, 4 · templates · classes · embedDim bytes: a mean
 * could not be taken apart again.
 */
export type PromptEnsemble = {
  classNames: readonly string[];
  templates: readonly string[];
  /** [template][class]: the sum [embedDim] of the unit vectors of the class's names in this template. */
  sums: readonly (readonly Float32Array[])[];
  /** [class]: the sum [embedDim] of the unit vectors of its descriptions, zeros where it has none. */
  descriptions: readonly Float32Array[];
};

/** Embeds every prompt, as `buildClassifier` does, and keeps the templates apart. @throws as `buildClassifier` */
export async function buildPromptEnsemble(
  clip: Clip,
  classNames: readonly (string | ClassPrompts)[],
  { templates = defaultTemplates, ...options }: ClassifierOptions = {},
): Promise<PromptEnsemble> {
  const classes = toClasses(classNames, templates);
  const { embedDim } = clip.config;
  const sums = templates.map((): Float32Array[] => []);
  const descriptions: Float32Array[] = [];
  for await (const { start, rows } of embedClasses(clip, classes, templates, options)) {
    for (const [index, prompts] of rows.entries()) {
      const names = 1 + (classes[start + index]?.synonyms.length ?? 0);
      for (const [template, ofTemplate] of sums.entries())
        ofTemplate.push(Float32Array.from(sumOf(prompts.slice(template * names, (template + 1) * names), embedDim)));
      descriptions.push(Float32Array.from(sumOf(prompts.slice(templates.length * names), embedDim)));
    }
  }
  return { classNames: classes.map(({ name }) => name), templates, sums, descriptions };
}

/** The classifier of some of the templates, by default of all: the same directions as `buildClassifier`'s. */
export function classifierOf(
  { classNames, templates, sums, descriptions }: PromptEnsemble,
  chosen: readonly number[] = templates.map((_, template) => template),
): Classifier {
  const weights = classNames.map((_, index) => {
    const whole = Float64Array.from(descriptions[index] as Float32Array);
    for (const template of chosen) addTo(whole, sums[template]?.[index] as Float32Array, 1);
    return directionOf(whole);
  });
  return { classNames, templates: chosen.map((template) => templates[template] as string), weights };
}

/** Adds `factor` times a vector to another. */
export function addTo(sum: Float32Array | Float64Array, vector: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + factor * (vector[i] as number);
}
