import type { Clip } from '../clip.ts';
import { dot, type EmbedOptions, embedImages, type ImageInput, isImageInput, softmax } from '../embed.ts';
import { backgroundCosine } from './background.ts';
import type { Classifier } from './classifier.ts';
import { type Decision, rejectionScore } from './rejection.ts';

/** How well a class fits a picture. */
export type RankedClass = {
  label: string;
  /** Cosine, -1 to 1; matching pairs of a trained CLIP have 0.2 to 0.35. */
  similarity: number;
  /** Softmax over the classes: which of these fits best, never whether any does. */
  probability: number;
};

export type Classification = {
  /** The first of `ranked`; undefined ("I don't know") where the decision is against it. */
  best: RankedClass | undefined;
  /** Every class, the best first. */
  ranked: RankedClass[];
  /** What decided whether there is an answer; undefined where nothing does, and there always is one. */
  decision: Decision | undefined;
};

/** `threshold` is the least cosine that counts as an answer. It goes before the classifier's own rejection. */
export type ClassifyOptions = EmbedOptions & { threshold?: number };

/**
 * Classifies a picture, or many: an array or an (async) iterable gives an array, in the same order.
 * @throws TypeError on what is no picture, RangeError on a classifier of another model's width
 */
export async function classify(
  clip: Clip,
  image: ImageInput,
  classifier: Classifier,
  options?: ClassifyOptions,
): Promise<Classification>;
export async function classify(
  clip: Clip,
  images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  classifier: Classifier,
  options?: ClassifyOptions,
): Promise<Classification[]>;
export async function classify(
  clip: Clip,
  images: ImageInput | Iterable<ImageInput> | AsyncIterable<ImageInput>,
  classifier: Classifier,
  { threshold, ...options }: ClassifyOptions = {},
): Promise<Classification | Classification[]> {
  checkWidth(clip, classifier);
  const single = isImageInput(images);
  const rows = await embedImages(clip, single ? [images] : images, options);
  const results = rows.map((row) => rank(row, classifier, clip.logitScale, threshold));
  return single ? (results[0] as Classification) : results;
}

/** @throws RangeError on a classifier of another model's width */
export function checkWidth(clip: Clip, { weights }: Classifier): void {
  const { embedDim } = clip.config;
  const width = weights[0]?.length;
  if (width === embedDim) return;
  throw new RangeError(
    `Cannot classify: the classifier has width ${width} but the model ${embedDim}; build it with this model`,
  );
}

/**
 * Ranks the classes for a picture's unit vector, and decides whether the first is an answer.
 * @param logitScale the model's; a classifier that was calibrated has its own
 * @param threshold the least cosine that counts as an answer; without it the classifier's rejection decides, if it has one
 */
export function rank(
  row: Float32Array,
  classifier: Classifier,
  logitScale: number,
  threshold?: number,
): Classification {
  const { classNames, weights, rejection } = classifier;
  const cosines = classCosines(row, weights);
  const probabilities = softmax(cosines, rejection?.logitScale ?? logitScale);
  const ranked = classNames
    .map((label, index) => ({
      label,
      similarity: cosines[index] as number,
      probability: probabilities[index] as number,
    }))
    .sort((one, other) => other.similarity - one.similarity);
  const decision = decide(row, cosines, classifier, threshold);
  return { best: isAnswer(decision) ? ranked[0] : undefined, ranked, decision };
}

/** A picture's cosine with each class: what `rank` decides by, and so what a threshold must be fitted to. */
export function classCosines(row: Float32Array, weights: readonly Float32Array[]): Float32Array {
  return Float32Array.from(weights, (direction) => dot(row, direction));
}

/** A neutral prompt that wins is the end of it; else the threshold decides, the given one or the fitted one. */
function decide(
  row: Float32Array,
  cosines: Float32Array,
  { background, rejection }: Classifier,
  threshold: number | undefined,
): Decision | undefined {
  const highest = cosines.reduce((most, cosine) => Math.max(most, cosine), -1);
  const against: Decision | undefined = background && {
    score: 'background',
    value: highest - backgroundCosine(row, background),
    threshold: 0,
  };
  if (against && !isAnswer(against)) return against;
  if (threshold !== undefined) return { score: 'maxCosine', value: highest, threshold };
  if (!rejection) return against;
  const { score, logitScale } = rejection;
  return { score, value: rejectionScore(score, cosines, logitScale), threshold: rejection.threshold };
}

function isAnswer(decision: Decision | undefined): boolean {
  return decision === undefined || decision.value >= decision.threshold;
}
