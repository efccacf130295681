import type { PreprocessConfig } from '../../config.ts';
import type { Image } from '../../image/image.ts';
import type { EmbedderData, PictureResult, PictureTask, Prepared } from './picture-worker.ts';
import { WorkerPool } from './pool.ts';

/** Threads for pictures. Each method throws what `WorkerPool.run` throws. */
export type PicturePool = {
  read: (source: string | Uint8Array, exifRotate: boolean, timeLimit: number) => Promise<Image>;
  /** What it returns is handed over, not copied. */
  preprocess: (path: string, exifRotate: boolean, config: PreprocessConfig, timeLimit: number) => Promise<Prepared>;
  /** Of a pool with an embedder. @returns one vector [embedDim] for each of `pixels`, scaled to unit length where `unit` */
  embed: (pixels: readonly Float32Array[], unit: boolean) => Promise<Float32Array[]>;
  close: () => Promise<void>;
};

/** @param ahead pictures that a thread is sent beyond the one it works at */
export function openPicturePool(threads: number, ahead = 0, embedder?: EmbedderData): PicturePool {
  const script = new URL('./picture-worker.js', import.meta.url);
  const pool = new WorkerPool<PictureTask, PictureResult>(script, { threads, ahead, workerData: embedder });
  return {
    read: (source, exifRotate, timeLimit) =>
      pool.run({ kind: 'read', source, exifRotate }, timeLimit) as Promise<Image>,
    preprocess: (path, exifRotate, config, timeLimit) =>
      pool.run({ kind: 'preprocess', path, exifRotate, config }, timeLimit) as Promise<Prepared>,
    embed: (pixels, unit) => pool.run({ kind: 'embed', pixels, unit }) as Promise<Float32Array[]>,
    close: () => pool.close(),
  };
}
