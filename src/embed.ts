import * as tf from '@tensorflow/tfjs';
import type { Clip } from './clip.ts';

export type EmbedOptions = {
  /** Rows that go through the network at once; more needs more memory. */
  batchSize?: number;
  /** Called after each batch with the rows done so far and all rows. */
  onProgress?: (done: number, total: number) => void;
  /** Stops between batches by throwing the signal's reason. */
  signal?: AbortSignal;
};

/** `truncate` cuts over-long texts instead of throwing, and keeps the end token. */
export type EmbedTextOptions = EmbedOptions & { truncate?: boolean };

/**
 * Embeds texts. They are sorted by length, and each batch is encoded only as far as its longest text needs: attention is
 * causal, so positions behind the end token cannot change its feature.
 * @returns one unit vector [embedDim] per text, in the order of `texts`
 * @throws TextTooLongError on a text that the context does not hold, unless `truncate`
 */
export async function embedTexts(
  clip: Clip,
  texts: readonly string[],
  { batchSize = 64, truncate = false, ...options }: EmbedTextOptions = {},
): Promise<Float32Array[]> {
  if (texts.length === 0) return [];
  const { ids, shape } = clip.tokenizer.tokenize(texts, { truncate });
  const contextLength = shape[1];
  const { endId } = clip.tokenizer;
  const rows = texts.map((_, index) => {
    const row = ids.subarray(index * contextLength, (index + 1) * contextLength);
    return { index, row, length: row.indexOf(endId) + 1 };
  });
  rows.sort((one, other) => one.length - other.length);
  const embeddings = new Array<Float32Array>(texts.length);
  await inBatches(rows, batchSize, options, async (batch) => {
    const seq = batch.at(-1)?.length ?? contextLength;
    const cropped = new Int32Array(batch.length * seq);
    for (const [position, { row }] of batch.entries()) cropped.set(row.subarray(0, seq), position * seq);
    const unit = await unitRows(() => clip.encodeText(tf.tensor2d(cropped, [batch.length, seq], 'int32')));
    for (const [position, { index }] of batch.entries()) embeddings[index] = unit[position] as Float32Array;
  });
  return embeddings;
}

/**
 * Embeds pictures that are ready for the network.
 * @param images float32 [size, size, 3] each, normalised, as `preprocess` returns them
 * @returns one unit vector [embedDim] per picture
 * @throws TypeError on an array of another length
 */
export async function embedImages(
  clip: Clip,
  images: readonly Float32Array[],
  { batchSize = 16, ...options }: EmbedOptions = {},
): Promise<Float32Array[]> {
  const { size } = clip.config.preprocess;
  const length = size * size * 3;
  images.forEach((image, index) => {
    if (image.length === length) return;
    throw new TypeError(
      `Cannot embed image ${index}: expected ${length} values [${size}, ${size}, 3] but got ${image.length}`,
    );
  });
  const embeddings: Float32Array[] = [];
  await inBatches(images, batchSize, options, async (batch) => {
    const pixels = new Float32Array(batch.length * length);
    for (const [position, image] of batch.entries()) pixels.set(image, position * length);
    embeddings.push(...(await unitRows(() => clip.encodeImage(tf.tensor4d(pixels, [batch.length, size, size, 3])))));
  });
  return embeddings;
}

/**
 * Compares each picture with each text.
 * @returns `cosine` in [-1, 1], one row per picture with one value per text; `probability` is the softmax of logitScale ·
 * cosine over the texts, so it says which of these texts fits best, never whether any does
 */
export async function similarities(
  clip: Clip,
  images: readonly Float32Array[],
  texts: readonly string[],
  options: EmbedTextOptions = {},
): Promise<{ cosine: Float32Array[]; probability: Float32Array[] }> {
  const textRows = await embedTexts(clip, texts, options);
  const imageRows = await embedImages(clip, images, options);
  const cosine = imageRows.map((image) => Float32Array.from(textRows, (text) => dot(image, text)));
  return { cosine, probability: cosine.map((row) => softmax(row, clip.logitScale)) };
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] as number), 0);
}

function softmax(cosines: Float32Array, scale: number): Float32Array {
  const highest = Math.max(...cosines);
  const weights = cosines.map((cosine) => Math.exp(scale * (cosine - highest)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Runs `encode`, scales its rows to unit length, reads them back and leaves no tensor behind. */
async function unitRows(encode: () => tf.Tensor2D): Promise<Float32Array[]> {
  const unit = tf.tidy(() => {
    const features = encode(); // [batch, embedDim]
    return tf.mul(features, tf.rsqrt(tf.add(tf.sum(tf.square(features), 1, true), 1e-12)));
  });
  const [batch = 0, embedDim = 0] = unit.shape;
  const values = (await unit.data()) as Float32Array;
  unit.dispose();
  return Array.from({ length: batch }, (_, row) => values.slice(row * embedDim, (row + 1) * embedDim));
}

async function inBatches<T>(
  items: readonly T[],
  batchSize: number,
  { onProgress, signal }: EmbedOptions,
  run: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`Cannot embed: expected batchSize to be a positive integer but got ${batchSize}`);
  }
  for (let start = 0; start < items.length; start += batchSize) {
    signal?.throwIfAborted();
    const end = Math.min(start + batchSize, items.length);
    await run(items.slice(start, end));
    onProgress?.(end, items.length);
  }
}
