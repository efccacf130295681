import { Worker } from 'node:worker_threads';
import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';

type Answer = { image: Image } | { name: string; message: string };

/**
 * Reads a picture in a worker thread, which is ended when the time is up: a file made to keep a decoder busy costs no more.
 * @param timeLimit milliseconds
 * @throws ImageError as readImage does, and when the time is up
 */
export async function decodeInWorker(
  source: string | Uint8Array,
  exifRotate: boolean,
  timeLimit: number,
): Promise<Image> {
  const workerData = { source, options: { exifRotate } };
  const worker = new Worker(new URL('./decode-worker.js', import.meta.url), { workerData });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new ImageError(`Cannot read image: decoding took longer than ${timeLimit} ms`)),
        timeLimit,
      );
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new ImageError(`Cannot read image: the decoder ended with code ${code}`)));
    });
    if ('image' in answer) return answer.image;
    throw answer.name === 'ImageError' ? new ImageError(answer.message) : new Error(answer.message);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
