import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../backend.ts';
import type { Clip } from '../clip.ts';
import type { EmbedImageOptions, EmbedOptions } from '../embed.ts';
import { ModelError } from '../errors.ts';
import { availableMemory } from './available-memory.ts';
import { type Engine, openEngine } from './workers/engine.ts';
import { inBatches, inOrder } from './workers/in-order.ts';
import type { Prepared } from './workers/picture-worker.ts';
import { planWorkers } from './workers/plan.ts';
import { PoolError, WorkerCrash } from './workers/pool.ts';
import { imageTowerBytes } from './workers/shared-weights.ts';

export type EmbedFilesOptions = EmbedImageOptions & {
  /**
   * Worker threads. On the backends wasm and cpu, which compute on one thread, each embeds with a copy of the model; on others
   * they decode while this thread embeds. 0: everything in this thread. 'auto', the default: what the processors, the free
   * memory and the number of pictures allow.
   */
  workers?: number | 'auto';
  /** Turns pictures as their EXIF orientation says. */
  exifRotate?: boolean;
  /** Milliseconds after which a picture is given up; 60,000 in worker threads, without workers none unless given. */
  timeLimit?: number;
};

/** A picture's vector [embedDim], of unit length unless `unit: false`, and its pixels, as it is shown; or why it has none. */
export type EmbeddedFile =
  | { path: string; embedding: Float32Array; width: number; height: number; error?: undefined }
  | { path: string; embedding?: undefined; error: Error };

/**
 * Embeds picture files. They are read as they are needed, a few batches ahead, so a large folder is never in memory at once.
 * A file that cannot be read is reported in its row and stops nothing. Where a worker thread is lost, another takes its place,
 * and the pictures that it worked at are tried once more.
 *
 * Batches are formed in the order of the paths, `batchSize` paths each, however many workers there are; an unreadable
 * picture is left out of its batch. So on wasm and cpu the embeddings are the same to the last bit with workers and without.
 * The weights are those that the model has when the first row is asked for.
 * @yields one row per path, in the order of the paths
 * @throws ModelError where the image tower is not loaded, RangeError on workers or a batchSize that are no count
 */
export async function* embedFiles(
  clip: Clip,
  paths: Iterable<string> | AsyncIterable<string>,
  options: EmbedFilesOptions = {},
): AsyncGenerator<EmbeddedFile, void, undefined> {
  const { batchSize = 16, signal, workers = 'auto', exifRotate = false, unit = true, timeLimit } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new RangeError(`Cannot embed files: expected batchSize to be a positive integer but got ${batchSize}`);
  if (!clip.weights.visual)
    throw new ModelError("Cannot embed files: the image tower is not loaded; load the model with towers: 'image'");
  signal?.throwIfAborted();
  const backend = tf.getBackend() as BackendName;
  const plan = planWorkers(workers, {
    backend,
    processors: availableParallelism(),
    memory: availableMemory(),
    towerBytes: imageTowerBytes(clip),
    pictures: Array.isArray(paths) ? paths.length : undefined,
    batchSize,
  });
  const limit = timeLimit === undefined ? {} : { timeLimit };
  const engine = await openEngine(clip, plan, { batchSize, backend, exifRotate, unit, ...limit });
  yield* embedThrough(engine, paths, { ...options, batchSize });
}

/** Sends the paths through the engine, batch by batch, and closes it at the end. */
export async function* embedThrough(
  engine: Engine,
  paths: Iterable<string> | AsyncIterable<string>,
  { batchSize, signal, onProgress }: EmbedOptions & { batchSize: number },
): AsyncGenerator<EmbeddedFile, void, undefined> {
  const total = Array.isArray(paths) ? paths.length : undefined;
  const stop = () => void engine.close();
  signal?.addEventListener('abort', stop);
  let done = 0;
  try {
    const embed = (batch: readonly string[]) => embedBatch(engine, batch);
    for await (const rows of inOrder(inBatches(paths, batchSize), engine.batches, embed)) {
      signal?.throwIfAborted();
      yield* rows;
      done += rows.length;
      onProgress?.(done, total ?? done);
    }
  } catch (error) {
    signal?.throwIfAborted(); // with the threads gone, everything fails
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await engine.close();
  }
}

async function embedBatch(engine: Engine, paths: readonly string[]): Promise<EmbeddedFile[]> {
  const decoded: (Prepared | Error)[] = [];
  for await (const picture of inOrder(paths, engine.pictures, (path) => engine.decode(path).catch(unreadable)))
    decoded.push(picture);
  const readable = decoded.flatMap((picture) => (picture instanceof Error ? [] : [picture.pixels]));
  const rows = readable.length === 0 ? [] : await engine.embed(readable).catch(lost);
  let row = 0;
  return decoded.map((picture, index) => {
    const path = paths[index] as string;
    if (picture instanceof Error) return { path, error: picture };
    if (rows instanceof Error) return { path, error: rows };
    const { width, height } = picture;
    return { path, embedding: rows[row++] as Float32Array, width, height };
  });
}

/** Whatever is wrong with a picture is its own affair, not so a pool that is gone. */
function unreadable(error: Error): Error {
  if (error instanceof PoolError) throw error;
  return error;
}

/** The embedding failed; pictures that took two threads down are reported. */
function lost(error: Error): Error {
  if (error instanceof WorkerCrash) return error;
  throw error;
}
