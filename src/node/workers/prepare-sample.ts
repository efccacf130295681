import type { PreprocessConfig } from '../../config.ts';
import { type Augmentation, augment } from '../../image/augment.ts';
import { preprocess as preprocessPicture } from '../../image/preprocess.ts';
import { sampleSeed, uniformNumbers } from '../../random.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { readImage } from '../images/read-image.ts';
import type { FilePair } from '../pairs.ts';
import { pictureOf } from '../picture-of.ts';

/** What is the same for every sample of a run. */
export type SampleSettings = { preprocess: PreprocessConfig; augmentation: Augmentation; exifRotate: boolean };

/**
 * One showing of a pair. All that is random about it follows from the seed; without one nothing is: the first caption, and
 * the picture as in evaluation.
 */
export type SampleTask = Pick<FilePair, 'image' | 'bytes' | 'texts'> & { seed?: number };

export type Sample = {
  /** float32 [size, size, 3] */
  pixels: Float32Array<ArrayBuffer>;
  /** int32, start, text, end: cut at the context's end as open_clip cuts. */
  ids: Int32Array<ArrayBuffer>;
};

/** Reads, augments and tokenizes. @throws ImageError on a file that is no picture */
export async function prepareSample(
  task: SampleTask,
  { preprocess, augmentation, exifRotate }: SampleSettings,
  tokenizer: Tokenizer,
): Promise<Sample> {
  const { seed } = task;
  const picture = await readImage(await pictureOf(task), { exifRotate });
  const pixels =
    seed === undefined
      ? preprocessPicture(picture, preprocess)
      : augment(picture, preprocess, augmentation, sampleSeed(seed, 1));
  return { pixels, ids: idsOf(drawText(task), tokenizer) };
}

/** The caption of a showing. */
export function drawText({ texts, seed }: Pick<SampleTask, 'texts' | 'seed'>): string {
  const row = seed === undefined ? 0 : Math.floor(uniformNumbers(sampleSeed(seed, 0))() * texts.length);
  return texts[row] as string;
}

/** int32, start, text, end: cut at the context's end as open_clip cuts. */
export function idsOf(text: string, tokenizer: Tokenizer): Int32Array<ArrayBuffer> {
  const { ids } = tokenizer.tokenize(text, { truncate: true });
  return ids.slice(0, ids.indexOf(tokenizer.endId) + 1);
}
