import type { Clip } from '../clip.ts';
import type { EmbedTextOptions } from '../embed.ts';
import { type Background, buildBackground } from './background.ts';
import { type ClassPrompts, toClasses } from './class-prompts.ts';
import { directionOf, embedClasses, sumOf } from './ensemble.ts';
import type { Rejection } from './rejection.ts';
import { defaultTemplates } from './templates.ts';

/** A zero-shot classifier: one direction per class. Plain data, so it can be kept. */
export type Classifier = {
  classNames: readonly string[];
  templates: readonly string[];
  /** One unit vector [embedDim] per class. */
  weights: readonly Float32Array[];
  /** Neutral directions that compete with the classes: where one of them wins, there is no answer. */
  background?: Background;
  /** When there is no answer, and the temperature of the probabilities, as fitted by `clip-tfjs calibrate`. */
  rejection?: Rejection;
  /** For `classifyIndependently`, as fitted by `clip-tfjs calibrate --independent`. */
  independence?: Independence;
};

/** The least score at which each class is taken for true, in the order of the classes. */
export type Independence = { thresholds: readonly number[] };

export type ClassifierOptions = EmbedTextOptions & {
  templates?: readonly string[];
  /** Adds neutral prompts ("noise", "a texture"): a picture that is nearer to one of them than to every class gets no answer. */
  background?: boolean;
};

/**
 * Makes a classifier from names: each class is the mean of its prompts' unit vectors, scaled to unit length again
 * (CLIP, section 3.1.4: an ensemble in embedding space costs no more than one prompt). Synonyms are put into every template, as
 * the paper does for facial expressions; a description is a prompt of its own. Every prompt of a class counts alike.
 * @throws RangeError on no names, on names that repeat, on a template without `{}` or a description with it; TextTooLongError
 */
export async function buildClassifier(
  clip: Clip,
  classNames: readonly (string | ClassPrompts)[],
  { templates = defaultTemplates, background = false, ...options }: ClassifierOptions = {},
): Promise<Classifier> {
  const classes = toClasses(classNames, templates);
  const weights: Float32Array[] = [];
  for await (const { rows } of embedClasses(clip, classes, templates, options))
    for (const prompts of rows) weights.push(directionOf(sumOf(prompts, clip.config.embedDim)));
  const classifier = { classNames: classes.map(({ name }) => name), templates, weights };
  return background ? { ...classifier, background: await buildBackground(clip, options) } : classifier;
}
