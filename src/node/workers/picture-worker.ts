import { workerData } from 'node:worker_threads';
import type { BackendName } from '../../backend.ts';
import type { Clip } from '../../clip.ts';
import type { PreprocessConfig } from '../../config.ts';
import type { Image } from '../../image/image.ts';
import { preprocess } from '../../image/preprocess.ts';
import { readImage } from '../images/read-image.ts';
import { type Handled, serve } from './serve.ts';
import type { SharedWeights } from './shared-weights.ts';

/** What a thread for pictures does: reads one, reads and preprocesses one, or embeds some that are preprocessed. */
export type PictureTask =
  | { kind: 'read'; source: string | Uint8Array; exifRotate: boolean }
  | { kind: 'preprocess'; path: string; exifRotate: boolean; config: PreprocessConfig }
  | { kind: 'embed'; pixels: readonly Float32Array[]; unit: boolean };

/** A picture as the network takes it, float32 [size, size, 3], and how many pixels it had, as it is shown. */
export type Prepared = { pixels: Float32Array; width: number; height: number };

/** The result of each kind of task, in the same order. */
export type PictureResult = Image | Prepared | Float32Array[];

/** What a thread that embeds is given: the model, and the engine that computes. */
export type EmbedderData = { weights: SharedWeights; backend: BackendName };

serve(async (task: PictureTask): Promise<Handled<PictureResult>> => {
  if (task.kind === 'embed') return { result: await embed(task.pixels, task.unit) };
  const { exifRotate } = task;
  if (task.kind === 'read') {
    const image = await readImage(task.source, { exifRotate });
    return { result: image, transfer: [image.data.buffer as ArrayBuffer] };
  }
  const image = await readImage(task.path, { exifRotate });
  const pixels = preprocess(image, task.config);
  const { width, height } = image;
  return { result: { pixels, width, height }, transfer: [pixels.buffer as ArrayBuffer] };
});

let model: Promise<Clip> | undefined;

/** The model is built with the first pictures to embed, so a thread that only decodes never loads tfjs. */
async function embed(pixels: readonly Float32Array[], unit: boolean): Promise<Float32Array[]> {
  const { embedImages } = await import('../../embed.ts');
  model ??= openModel(workerData as EmbedderData);
  return embedImages(await model, pixels, { batchSize: pixels.length, unit });
}

async function openModel({ weights, backend }: EmbedderData): Promise<Clip> {
  const [{ useBackend }, { clipFromShared }] = await Promise.all([
    import('../backend.ts'),
    import('./shared-weights.ts'),
  ]);
  await useBackend(backend);
  return clipFromShared(weights);
}
