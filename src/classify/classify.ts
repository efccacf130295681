import type { Clip } from '../clip.ts';
import { type EmbedOptions, embedImages, type ImageInput, isImageInput } from '../embed.ts';
import type { Classifier } from './classifier.ts';
import { type Classification, rank } from './rank.ts';

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
