import type { BackendName } from '../../backend.ts';

/** How pictures are embedded: by how many worker threads, and whether these embed or only decode. */
export type Plan = { threads: number; embed: boolean };

/** What a plan depends on. */
export type Circumstances = {
  backend: BackendName;
  processors: number;
  /** Bytes of memory that are free. */
  memory: number;
  /** Bytes of the image tower's weights. */
  towerBytes: number;
  /** Undefined where the pictures come one by one. */
  pictures: number | undefined;
  batchSize: number;
};

/** WebAssembly keeps a second, repacked copy of each weight that it has multiplied with. */
const copiesOfWeights = 2;

/** Bytes that a thread needs beside the weights, as measured: docs/workers.md. */
const embedderBytes = 250e6;
const decoderBytes = 150e6;

/** For fewer pictures a thread is not worth its start. */
const picturesPerThread = 8;

/**
 * With 'auto', engines of one thread (wasm, cpu) embed on every processor where half the free memory holds that many models and
 * there is a batch for each; otherwise this thread embeds, and the other processors decode.
 * @throws RangeError on a number of workers that is none
 */
export function planWorkers(workers: number | 'auto', circumstances: Circumstances): Plan {
  const { backend, processors, memory, towerBytes, pictures = Number.POSITIVE_INFINITY, batchSize } = circumstances;
  const hasOneThread = backend === 'wasm' || backend === 'cpu';
  if (workers !== 'auto') {
    if (!Number.isSafeInteger(workers) || workers < 0)
      throw new RangeError(
        `Cannot embed files: expected workers to be 'auto', 0 or a positive integer but got ${workers}`,
      );
    return { threads: workers, embed: hasOneThread && workers > 0 };
  }
  const room = (bytes: number) => Math.floor(memory / 2 / bytes);
  const embedders = Math.min(
    processors,
    room(embedderBytes + copiesOfWeights * towerBytes),
    Math.floor(pictures / batchSize),
  );
  if (hasOneThread && embedders >= 2) return { threads: embedders, embed: true };
  const decoders = Math.min(processors - 1, room(decoderBytes), Math.floor(pictures / picturesPerThread));
  return { threads: Math.max(0, decoders), embed: false };
}
