import type { Clip } from '../../clip.ts';
import { embedImages, embedTexts } from '../../embed.ts';
import { combine } from '../../search/combine.ts';
import type { Term } from '../../search/query.ts';
import { readImage } from '../images/read-image.ts';

/**
 * The direction that a query asks for: texts and pictures through the model, times their weights, added, scaled to unit length.
 * @param terms of `parseQuery`; pictures are paths
 * @returns unit vector [embedDim]
 * @throws TextTooLongError; ImageError on a file that is no picture; RangeError where the terms cancel out
 */
export async function embedQuery(
  clip: Clip,
  terms: readonly Term[],
  { exifRotate = true }: { exifRotate?: boolean } = {},
): Promise<Float32Array> {
  const vectors: { vector: Float32Array; weight: number }[] = [];
  for (const { kind, value, weight } of terms) {
    const [vector] =
      kind === 'text'
        ? await embedTexts(clip, [value])
        : await embedImages(clip, [await readImage(value, { exifRotate })]);
    vectors.push({ vector: vector as Float32Array, weight });
  }
  return combine(vectors);
}
