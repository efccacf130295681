import * as tf from '@tensorflow/tfjs';
import type { Clip } from './clip.ts';
import { cosinesOf } from './cosines.ts';
import type { Image } from './image/image.ts';
import { preprocess } from './image/preprocess.ts';
import { softmax } from './softmax.ts';

export type EmbedOptions = {
  /** Rows that go through the network at once; more needs more memory. */
  batchSize?: number;
  /** Called after each batch with the rows done so far and all rows, as far as they are known. */
  onProgress?: (done: number, total: number) => void;
  /** Stops between batches by throwing the signal's reason. */
  signal?: AbortSignal;
};

/** `unit: false` leaves pictures' rows as long as the tower gives them, which linear probes want. */
export type EmbedImageOptions = EmbedOptions & { unit?: boolean };

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
  if (!Array.isArray(texts))
    throw new TypeError(`Cannot embed texts: expected an array of strings but got ${typeof texts}`);
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

/** A decoded picture, or float32 [size, size, 3] as `preprocess` returns it. */
export type ImageInput = Image | Float32Array;

/** Tells one picture from several. */
export function isImageInput(value: unknown): value is ImageInput {
  return (
    value instanceof Float32Array || (typeof value === 'object' && value !== null && 'mode' in value && 'data' in value)
  );
}

/**
 * Embeds pictures. From an iterable, also an async one, they are taken batch by batch, so a large folder is never in
 * memory at once.
 * @returns one unit vector [embedDim] per picture, in the same order; with `unit: false` as long as the tower gives it
 * @throws TypeError on what is no picture or an array of another length
 */
export async function embedImages(
  clip: Clip,
  images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  { batchSize = 16, unit = true, ...options }: EmbedImageOptions = {},
): Promise<Float32Array[]> {
  const embeddings: Float32Array[] = [];
  let batch: Float32Array[] = [];
  const total = Array.isArray(images) ? images.length : undefined;
  checkBatchSize(batchSize);
  const encodeBatch = async () => {
    options.signal?.throwIfAborted();
    for (const row of await encodePixels(clip, batch, unit)) embeddings.push(row);
    batch = [];
    options.onProgress?.(embeddings.length, total ?? embeddings.length);
  };
  for await (const image of images) {
    batch.push(toPixels(clip, image, embeddings.length + batch.length));
    if (batch.length === batchSize) await encodeBatch();
  }
  if (batch.length > 0) await encodeBatch();
  return embeddings;
}

/** @returns float32 [size, size, 3]; `index` names the picture in errors */
export function toPixels(clip: Clip, image: ImageInput, index: number): Float32Array {
  const { size } = clip.config.preprocess;
  if (!isImageInput(image)) {
    throw new TypeError(
      `Cannot embed image ${index}: expected what readImage or preprocess returns but got ${typeof image}`,
    );
  }
  if (!(image instanceof Float32Array)) return preprocess(image, clip.config.preprocess);
  if (image.length === size * size * 3) return image;
  throw new TypeError(
    `Cannot embed image ${index}: expected ${size * size * 3} values [${size}, ${size}, 3] but got ${image.length}`,
  );
}

async function encodePixels(clip: Clip, batch: readonly Float32Array[], unit: boolean): Promise<Float32Array[]> {
  const { size } = clip.config.preprocess;
  const pixels = batch.length === 1 ? (batch[0] as Float32Array) : joined(batch);
  const encode = () => clip.encodeImage(tf.tensor4d(pixels, [batch.length, size, size, 3]));
  return unit ? unitRows(encode) : rowsOf(encode);
}

/** Arrays of one length, one after another. */
function joined(arrays: readonly Float32Array[]): Float32Array {
  const [first] = arrays as [Float32Array];
  const whole = new Float32Array(arrays.length * first.length);
  for (const [position, array] of arrays.entries()) whole.set(array, position * first.length);
  return whole;
}

/**
 * Compares each picture with each text.
 * @returns `cosine` in [-1, 1], one row per picture with one value per text; `probability` is the softmax of logitScale ·
 * cosine over the texts, so it says which of these texts fits best, never whether any does
 */
export async function similarities(
  clip: Clip,
  images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  texts: readonly string[],
  options: EmbedTextOptions = {},
): Promise<{ cosine: Float32Array[]; probability: Float32Array[] }> {
  const textRows = await embedTexts(clip, texts, options);
  const imageRows = await embedImages(clip, images, options);
  const exact = imageRows.map((image) => cosinesOf(image, textRows));
  return {
    cosine: exact.map((row) => Float32Array.from(row)),
    probability: exact.map((row) => Float32Array.from(softmax(row, clip.logitScale))),
  };
}

/** The cosine of two unit vectors. */
export function dot(one: Float32Array, other: ArrayLike<number>): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] as number), 0);
}

/** As `rowsOf`, scaled to unit length. */
function unitRows(encode: () => tf.Tensor2D): Promise<Float32Array[]> {
  return rowsOf(() => {
    const features = encode(); // [batch, embedDim]
    return tf.mul(features, tf.rsqrt(tf.add(tf.sum(tf.square(features), 1, true), 1e-12)));
  });
}

/** Runs `encode`, reads its rows back and leaves no tensor behind. */
async function rowsOf(encode: () => tf.Tensor2D): Promise<Float32Array[]> {
  const features = tf.tidy(encode);
  const [batch = 0, embedDim = 0] = features.shape;
  const values = (await features.data()) as Float32Array;
  features.dispose();
  await otherWork();
  return Array.from({ length: batch }, (_, row) => values.slice(row * embedDim, (row + 1) * embedDim));
}

/** Node's setImmediate comes back at once, browsers have setTimeout alone, which waits a millisecond or four. */
const soon: (resume: () => void) => unknown =
  (globalThis as { setImmediate?: (resume: () => void) => unknown }).setImmediate ?? setTimeout;

/** Lets timers, clicks and Ctrl-C be heard between batches. */
function otherWork(): Promise<void> {
  return new Promise((resume) => soon(resume));
}

async function inBatches<T>(
  items: readonly T[],
  batchSize: number,
  { onProgress, signal }: EmbedOptions,
  run: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  checkBatchSize(batchSize);
  for (let start = 0; start < items.length; start += batchSize) {
    signal?.throwIfAborted();
    const end = Math.min(start + batchSize, items.length);
    await run(items.slice(start, end));
    onProgress?.(end, items.length);
  }
}

function checkBatchSize(batchSize: number): void {
  if (Number.isSafeInteger(batchSize) && batchSize > 0) return;
  throw new RangeError(`Cannot embed: expected batchSize to be a positive integer but got ${batchSize}`);
}
