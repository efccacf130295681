import { parentPort, workerData } from 'node:worker_threads';
import { type ReadImageOptions, readImage } from './read-image.ts';

/** Reads one picture in a thread of its own, for `readImage` with a time limit. */
const { source, options } = workerData as { source: string | Uint8Array; options: ReadImageOptions };
try {
  parentPort?.postMessage({ image: await readImage(source, options) });
} catch (error) {
  parentPort?.postMessage({ name: (error as Error).name, message: (error as Error).message });
}
