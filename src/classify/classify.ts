import type { Clip } from '../clip.ts';
import { dot, type EmbedOptions, embedImages, type ImageInput, isImageInput, softmax } from '../embed.ts';
import type { Classifier } from './classifier.ts';

/** How well a class fits a picture. */
export type RankedClass = {
  label: string;
  /** Cosine, -1 to 1; matching pairs of a trained CLIP have 0.2 to 0.35. */
  similarity: number;
  /** Softmax over the classes: which of these fits best, never whether any does. */
  probability: number;
};

export type Classification = {
  /** The first of `ranked`; undefined ("I don't know") where its similarity is below the threshold. */
  best: RankedClass | undefined;
  /** Every class, the best first. */
  ranked: RankedClass[];
};

/** `threshold` is the least cosine that counts as an answer. */
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
  { threshold = -1, ...options }: ClassifyOptions = {},
): Promise<Classification | Classification[]> {
  const { embedDim } = clip.config;
  const width = classifier.weights[0]?.length;
  if (width !== embedDim) {
    throw new RangeError(
      `Cannot classify: the classifier has width ${width} but the model ${embedDim}; build it with this model`,
    );
  }
  const single = isImageInput(images);
  const rows = await embedImages(clip, single ? [images] : images, options);
  const results = rows.map((row) => rank(row, classifier, clip.logitScale, threshold));
  return single ? (results[0] as Classification) : results;
}

/** Ranks the classes for a picture's unit vector. */
export function rank(
  row: Float32Array,
  { classNames, weights }: Classifier,
  logitScale: number,
  threshold: number,
): Classification {
  const cosines = Float32Array.from(weights, (direction) => dot(row, direction));
  const probabilities = softmax(cosines, logitScale);
  const ranked = classNames
    .map((label, index) => ({
      label,
      similarity: cosines[index] as number,
      probability: probabilities[index] as number,
    }))
    .sort((one, other) => other.similarity - one.similarity);
  const [first] = ranked;
  return { best: first && first.similarity >= threshold ? first : undefined, ranked };
}
