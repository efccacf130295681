import type { Clip } from '../clip.ts';
import { type EmbedTextOptions, embedTexts } from '../embed.ts';
import { type Background, buildBackground } from './background.ts';
import type { Rejection } from './rejection.ts';
import { defaultTemplates, fillTemplate } from './templates.ts';

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
 * (CLIP, section 3.1.4: an ensemble in embedding space costs no more than one prompt).
 * @throws RangeError on no names, on names that repeat, on a template without `{}`
 */
export async function buildClassifier(
  clip: Clip,
  classNames: readonly string[],
  { templates = defaultTemplates, background = false, ...options }: ClassifierOptions = {},
): Promise<Classifier> {
  if (classNames.length === 0 || templates.length === 0) {
    const missing = classNames.length === 0 ? 'class name' : 'template';
    throw new RangeError(`Cannot build classifier: expected at least one ${missing}`);
  }
  const repeated = classNames.find((name, index) => classNames.indexOf(name) !== index);
  if (repeated !== undefined) throw new RangeError(`Cannot build classifier: class '${repeated}' is named twice`);
  const prompts = classNames.flatMap((name) => templates.map((template) => fillTemplate(template, name)));
  const rows = await embedTexts(clip, prompts, options);
  const weights = classNames.map((_, index) =>
    meanDirection(rows.slice(index * templates.length, (index + 1) * templates.length)),
  );
  if (!background) return { classNames, templates, weights };
  return { classNames, templates, weights, background: await buildBackground(clip, options) };
}

/** The mean of unit vectors, scaled to unit length. */
function meanDirection(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) for (let i = 0; i < row.length; i++) sum[i] = (sum[i] as number) + (row[i] as number);
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}
