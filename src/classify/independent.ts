import type { Clip } from '../clip.ts';
import { dot, type EmbedOptions, embedImages, type ImageInput, isImageInput } from '../embed.ts';
import { backgroundCosine } from './background.ts';
import type { Classifier } from './classifier.ts';
import { checkWidth } from './classify.ts';

/** A label as a question of its own. */
export type IndependentLabel = {
  label: string;
  /** Cosine, -1 to 1. */
  similarity: number;
  /** The label against the nearest neutral prompt, 0 to 1: a half where both are as near. No frequency: it is not calibrated. */
  score: number;
  /** Whether the score reaches the label's threshold: fitted, else a half. */
  isTrue: boolean;
};

/** Where a label and the nearest neutral prompt are as near. */
const evenThreshold = 0.5;

/**
 * Answers each label by itself: several may be true of a picture, or none. The score is the softmax over two prompts, the label's and
 * one against it, which is how CheXzero reads many findings from one picture (Tiu et al. 2022, "Expert-level detection of pathologies
 * from unannotated chest X-ray images", Methods). Its prompt against is "no {}"; ours is the nearest neutral prompt, for CLIP hardly
 * understands negation (Alhamoud et al. 2025, arXiv 2501.09425).
 * @returns the labels in the order of the classifier; for an array or an (async) iterable an array of those
 * @throws RangeError on a classifier that was built without `background`, or with another model
 */
export async function classifyIndependently(
  clip: Clip,
  image: ImageInput,
  classifier: Classifier,
  options?: EmbedOptions,
): Promise<IndependentLabel[]>;
export async function classifyIndependently(
  clip: Clip,
  images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  classifier: Classifier,
  options?: EmbedOptions,
): Promise<IndependentLabel[][]>;
export async function classifyIndependently(
  clip: Clip,
  images: ImageInput | Iterable<ImageInput> | AsyncIterable<ImageInput>,
  classifier: Classifier,
  options: EmbedOptions = {},
): Promise<IndependentLabel[] | IndependentLabel[][]> {
  checkWidth(clip, classifier);
  const single = isImageInput(images);
  const rows = await embedImages(clip, single ? [images] : images, options);
  const results = rows.map((row) => judge(row, classifier, clip.logitScale));
  return single ? (results[0] as IndependentLabel[]) : results;
}

/** Answers each label for a picture's unit vector. @throws RangeError on a classifier that was built without `background` */
export function judge(row: Float32Array, classifier: Classifier, logitScale: number): IndependentLabel[] {
  const { classNames, weights, background, independence } = classifier;
  if (!background)
    throw new RangeError(
      'Cannot judge labels by themselves: expected a classifier with a background; build it with { background: true }',
    );
  const neutral = backgroundCosine(row, background);
  return classNames.map((label, index) => {
    const similarity = dot(row, weights[index] as Float32Array);
    const score = 1 / (1 + Math.exp(logitScale * (neutral - similarity))); // softmax over two
    return { label, similarity, score, isTrue: score >= (independence?.thresholds[index] ?? evenThreshold) };
  });
}
