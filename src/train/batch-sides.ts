import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import type { Pass, Project } from './backward.ts';
import type { Concepts } from './loss.ts';
import { imageSegments, merge, type Segment, textSegments } from './segments.ts';

/** Pictures: float32 [batch, imageSize, imageSize, 3], normalised; or the unit vectors of a tower that is not trained, [batch, embedDim]. */
export type PictureSide = { pixels: tf.Tensor4D } | { imageEmbeds: tf.Tensor2D };

/** Texts: int32 [batch, seq]; or the unit vectors of a tower that is not trained, float32 [batch, embedDim]. */
export type TextSide = { ids: tf.Tensor2D } | { textEmbeds: tf.Tensor2D };

/** Pairs as the towers take them, or as they gave them: row i of the texts belongs to picture i. */
export type TensorBatch = PictureSide & TextSide & { concepts?: Concepts | undefined };

/** A batch with unit vectors in place of what towers take of which nothing is trained: no tape has to record them. */
export function fixedAhead(clip: Clip, batch: TensorBatch, trained: ReadonlyMap<string, tf.Tensor>): TensorBatch {
  const isTrained = (prefix: string) => [...trained.keys()].some((name) => name.startsWith(prefix));
  const { concepts, ...sides } = batch;
  const image = 'pixels' in sides && !isTrained('visual.') && { imageEmbeds: unitRows(clip.encodeImage(sides.pixels)) };
  const text = 'ids' in sides && !isTrained('text.') && { textEmbeds: unitRows(clip.encodeText(sides.ids)) };
  const pictures = image || ('pixels' in sides ? { pixels: sides.pixels } : { imageEmbeds: sides.imageEmbeds });
  const texts = text || ('ids' in sides ? { ids: sides.ids } : { textEmbeds: sides.textEmbeds });
  return { ...pictures, ...texts, concepts };
}

/** How a batch goes through the towers. */
export type Way = { chunkSize: number; recompute: boolean; project: Project | undefined };

/** A chunk on its way through its tower. */
export type Job = { segments: readonly Segment[]; input: tf.Tensor };

/** One side of a batch: its chunks, none where its unit vectors are there already. */
export type Side = { jobs: readonly Job[]; features: (passes: readonly Pass[]) => tf.Tensor2D };

/** The image tower's side of a batch. */
export function pictureSide(clip: Clip, batch: TensorBatch, { chunkSize, recompute }: Way): Side {
  if (!('pixels' in batch)) return { jobs: [], features: () => batch.imageEmbeds };
  const segments = inPieces(imageSegments(clip.visualFor(batch.pixels)), recompute);
  return { jobs: chunksOf(batch.pixels, chunkSize).map((input) => ({ input, segments })), features: featuresOf };
}

/** The text tower's. */
export function textSide(clip: Clip, batch: TensorBatch, { chunkSize, recompute }: Way): Side {
  if (!('ids' in batch)) return { jobs: [], features: () => batch.textEmbeds };
  const text = clip.textFor(batch.ids);
  const jobOf = (input: tf.Tensor2D) => ({ input, segments: inPieces(textSegments(text, input), recompute) });
  return { jobs: chunksOf(batch.ids, chunkSize).map(jobOf), features: featuresOf };
}

function inPieces(segments: Segment[], recompute: boolean): Segment[] {
  return recompute ? segments : [merge(segments)];
}

/** Rows `chunkSize` at a time; the last chunk may be smaller. */
export function chunksOf<T extends tf.Tensor>(x: T, chunkSize: number): T[] {
  const [rows = 0, ...rest] = x.shape;
  if (chunkSize >= rows) return [x];
  const zeros = rest.map(() => 0);
  return Array.from({ length: Math.ceil(rows / chunkSize) }, (_, index) => {
    const begin = index * chunkSize;
    return tf.slice(x, [begin, ...zeros], [Math.min(chunkSize, rows - begin), ...rest]);
  });
}

/** @returns [batch, embedDim] */
function featuresOf(passes: readonly Pass[]): tf.Tensor2D {
  return tf.concat(passes.map(({ features }) => features));
}

/** Rows scaled to length 1. The 1e-12 keeps the gradient of a row of zeros finite. */
export function unitRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(rows, tf.rsqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));
}
