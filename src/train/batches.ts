import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { type ImageInput, toPixels } from '../embed.ts';
import { sampleSeed, uniformNumbers } from '../random.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { TensorBatch } from './batch-sides.ts';
import type { Concepts } from './loss.ts';

/** A picture and its caption. Of several captions one is drawn each time, by the run's seed. */
export type Pair = {
  image: ImageInput;
  text: string | readonly string[];
  /** Pairs with an equal concept are right answers to each other. */
  concept?: number | string;
};

/**
 * Pairs as numbers: plain rows of [batch, imageSize, imageSize, 3] and [batch, seq], or in place of one of them the unit vectors
 * [batch, embedDim] of its tower, where the tower is not trained; or tensors, which stay the caller's to
 * dispose, once the next batch is asked for or the run ends (in a generator: `try { yield batch } finally { dispose }`).
 */
export type ReadyBatch = ({ pixels: tf.Tensor4D | Float32Array } | { imageEmbeds: tf.Tensor2D | Float32Array }) &
  ({ ids: tf.Tensor2D | Int32Array } | { textEmbeds: tf.Tensor2D | Float32Array }) & {
    concepts?: Concepts | undefined;
  };

export type Batch = readonly Pair[] | ReadyBatch;

/**
 * A batch as tensors. Texts are cut at the context's end, as open_clip cuts them, and encoded only as far as the longest
 * of the batch needs: no position looks ahead, so the result is the same.
 * @param seed of the choice among captions
 * @returns the batch, and `dispose`, which frees the tensors that were made for it
 * @throws TypeError on what is no batch
 */
export function toTensors(clip: Clip, batch: Batch, seed: number): TensorBatch & { dispose: () => void } {
  const ready = isPairs(batch) ? readyBatch(clip, batch, seed) : batch;
  const made: tf.Tensor[] = [];
  const dispose = () => tf.dispose(made);
  const asTensor = (values: tf.Tensor | Float32Array | Int32Array, shape: readonly number[]) => {
    if (values instanceof tf.Tensor) return values;
    const tensor = tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
    made.push(tensor);
    return tensor;
  };
  const { size } = clip.config.preprocess;
  const { embedDim } = clip.config;
  const pictures = 'pixels' in ready ? ready.pixels : ready.imageEmbeds;
  const texts = 'ids' in ready ? ready.ids : ready.textEmbeds;
  const each = 'pixels' in ready ? [size, size, 3] : [embedDim];
  const rows =
    pictures instanceof tf.Tensor ? pictures.shape[0] : pictures?.length / each.reduce((product, n) => product * n, 1);
  const seq = texts instanceof tf.Tensor ? texts.shape[1] : texts?.length / rows;
  if (!(rows > 0 && Number.isInteger(rows) && Number.isInteger(seq)))
    throw new TypeError(
      `Cannot train: expected batches of { image, text }, or of pixels [batch, ${size}, ${size}, 3] and ids [batch, seq], but got pixels for ${rows} pictures and ids for ${seq} positions`,
    );
  const pictureTensor = asTensor(pictures, [rows, ...each]);
  const textTensor = asTensor(texts, [rows, seq]);
  return {
    ...('pixels' in ready ? { pixels: pictureTensor as tf.Tensor4D } : { imageEmbeds: pictureTensor as tf.Tensor2D }),
    ...('ids' in ready ? { ids: textTensor as tf.Tensor2D } : { textEmbeds: textTensor as tf.Tensor2D }),
    concepts: ready.concepts,
    dispose,
  };
}

function isPairs(batch: Batch): batch is readonly Pair[] {
  return Array.isArray(batch);
}

function readyBatch(clip: Clip, pairs: readonly Pair[], seed: number): ReadyBatch {
  if (pairs.length === 0) throw new TypeError('Cannot train: expected one pair or more in a batch but got none');
  const { size } = clip.config.preprocess;
  const pixels = new Float32Array(pairs.length * size * size * 3);
  for (const [row, { image }] of pairs.entries()) pixels.set(toPixels(clip, image, row), row * size * size * 3);
  const captions = pairs.map(({ text }, row) => (typeof text === 'string' ? text : draw(text, sampleSeed(seed, row))));
  return { pixels, ids: croppedIds(clip.tokenizer, captions), concepts: conceptNumbers(pairs) };
}

function draw(captions: readonly string[], seed: number): string {
  const caption = captions[Math.floor(uniformNumbers(seed)() * captions.length)];
  if (caption === undefined)
    throw new TypeError('Cannot train: expected one caption or more for a picture but got none');
  return caption;
}

/** @returns [texts, seq], seq as far as the longest text goes; a text longer than the context is cut */
export function croppedIds(tokenizer: Tokenizer, texts: readonly string[]): Int32Array<ArrayBuffer> {
  const { ids, shape } = tokenizer.tokenize(texts, { truncate: true });
  const rows = texts.map((_, row) => ids.subarray(row * shape[1], (row + 1) * shape[1]));
  const seq = Math.max(...rows.map((row) => row.indexOf(tokenizer.endId) + 1));
  const cropped = new Int32Array(rows.length * seq);
  for (const [row, all] of rows.entries()) cropped.set(all.subarray(0, seq), row * seq);
  return cropped;
}

/** A number per pair, equal where the concepts are; a pair without one stands alone. Undefined where no pair has one. */
export function conceptNumbers(pairs: readonly { concept?: number | string | undefined }[]): number[] | undefined {
  if (pairs.every(({ concept }) => concept === undefined)) return undefined;
  const first = new Map<number | string, number>();
  return pairs.map(({ concept }, row) => {
    if (concept === undefined) return row;
    if (!first.has(concept)) first.set(concept, row);
    return first.get(concept) as number;
  });
}
