import type { Clip } from '../clip.ts';
import type { EmbedTextOptions } from '../embed.ts';
import { type ClassPrompts, toClasses } from './class-prompts.ts';
import { directionOf, embedClasses, sumOf } from './ensemble.ts';
import { defaultTemplates } from './templates.ts';

/** A zero-shot classifier: one direction per class. Plain data, so it can be kept. */
export type Classifier = {
  classNames: readonly string[];
  templates: readonly string[];
  /** One unit vector [embedDim] per class. */
  weights: readonly Float32Array[];
};

export type ClassifierOptions = EmbedTextOptions & { templates?: readonly string[] };

/**
 * Makes a classifier from names: each class is the mean of its prompts' unit vectors, scaled to unit length again
 * (CLIP, section 3.1.4: an ensemble in embedding space costs no more than one prompt). Synonyms are put into every template, as
 * the paper does for facial expressions; a description is a prompt of its own. Every prompt of a class counts alike.
 * @throws RangeError on no names, on names that repeat, on a template without `{}` or a description with it; TextTooLongError
 */
export async function buildClassifier(
  clip: Clip,
  classNames: readonly (string | ClassPrompts)[],
  { templates = defaultTemplates, ...options }: ClassifierOptions = {},
): Promise<Classifier> {
  const classes = toClasses(classNames, templates);
  const weights: Float32Array[] = [];
  for await (const { rows } of embedClasses(clip, classes, templates, options))
    for (const prompts of rows) weights.push(directionOf(sumOf(prompts, clip.config.embedDim)));
  return { classNames: classes.map(({ name }) => name), templates, weights };
}
