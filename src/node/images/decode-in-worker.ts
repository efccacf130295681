import { availableParallelism } from 'node:os';
import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { openPicturePool, type PicturePool } from '../workers/picture-pool.ts';
import { WorkerCrash } from '../workers/pool.ts';

let pool: PicturePool | undefined;

/**
 * Reads a picture in a worker thread, which is ended when the time is up: a file made to keep a decoder busy costs no more.
 * The threads, one per processor at most, are kept for the next pictures; the process ends without waiting for them.
 * @param timeLimit milliseconds, from when a thread takes the picture up
 * @throws ImageError as readImage does, when the time is up, and when the decoder takes its thread down
 */
export async function decodeInWorker(
  source: string | Uint8Array,
  exifRotate: boolean,
  timeLimit: number,
): Promise<Image> {
  pool ??= openPicturePool(availableParallelism());
  try {
    return await pool.read(source, exifRotate, timeLimit);
  } catch (error) {
    if (error instanceof WorkerCrash) throw new ImageError(`Cannot read image: ${error.message}`);
    throw error;
  }
}
