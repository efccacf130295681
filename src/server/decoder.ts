import type { PreprocessConfig } from '../config.ts';
import { ImageError } from '../errors.ts';
import { WorkerCrash, WorkerPool } from '../node/workers/pool.ts';
import type { DecodeResult, DecodeTask } from './decode-worker.ts';
import type { Limits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** Threads that decode pictures, each ended when its time is up. Their methods throw a Refusal (415) on what cannot be read. */
export type Decoder = {
  /** @returns float32 [size, size, 3] */
  preprocess(bytes: Uint8Array, config: PreprocessConfig): Promise<Float32Array>;
  /** @returns a JPEG file */
  thumbnail(path: string): Promise<Uint8Array>;
  close(): Promise<void>;
};

/** Pixels of a thumbnail's longer side. */
export const thumbnailSide = 256;

/** @param exifRotate as the index was made */
export function openDecoder(exifRotate: boolean, { pixels: largest, decodeTime, running }: Limits): Decoder {
  const pool = new WorkerPool<DecodeTask, DecodeResult>(new URL('./decode-worker.js', import.meta.url), {
    threads: running,
  });
  const run = async (task: DecodeTask): Promise<DecodeResult> => {
    try {
      return await pool.run(task, decodeTime);
    } catch (error) {
      if (error instanceof ImageError || error instanceof WorkerCrash)
        throw new Refusal(415, 'unreadable_picture', withoutPath(error.message));
      throw error;
    }
  };
  return {
    preprocess: (bytes, config) =>
      run({ kind: 'preprocess', bytes, config, exifRotate, largest }) as Promise<Float32Array>,
    thumbnail: (path) =>
      run({ kind: 'thumbnail', path, side: thumbnailSide, exifRotate, largest }) as Promise<Uint8Array>,
    close: () => pool.close(),
  };
}

/** Where a file lies is nobody's business. */
function withoutPath(message: string): string {
  return message.replace(/ \([^()]*[/\\][^()]*\)$/, '');
}
