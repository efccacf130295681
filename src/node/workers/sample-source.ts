import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { onceMore } from './once-more.ts';
import { WorkerPool } from './pool.ts';
import { prepareSample, type Sample, type SampleSettings, type SampleTask } from './prepare-sample.ts';
import type { SampleWorkerData } from './sample-worker.ts';

/** A sample, or what locked towers make of it: the picture's features in place of pixels; the text's count before its ids. */
export type ReadySample = (Sample | (Pick<Sample, 'ids'> & { imageEmbeds: Float32Array })) & {
  textEmbeds?: Float32Array;
};

/** Where training samples are prepared: in this thread or in others. */
export type SampleSource = {
  /** Samples that are worked at or wait, beyond the batch that trains. */
  ahead: number;
  prepare: (task: SampleTask) => Promise<ReadySample>;
  close: () => Promise<void>;
};

/** Milliseconds after which a picture is given up. */
const timeLimit = 60_000;

/**
 * @param threads 0: everything in this thread, when it is asked for. The samples are the same.
 * @param batchSize while one batch trains, the next two are prepared; the engine may hold this thread all that time, so
 *   threads are sent a batch's share at once
 */
export function openSampleSource(
  threads: number,
  batchSize: number,
  settings: SampleSettings,
  tokenizer: Tokenizer,
): SampleSource {
  if (threads === 0)
    return { ahead: 1, prepare: (task) => prepareSample(task, settings, tokenizer), close: async () => {} };
  const { vocabulary, contextLength } = tokenizer;
  const workerData: SampleWorkerData = { settings, vocabulary, contextLength };
  const script = new URL('./sample-worker.js', import.meta.url);
  const ahead = Math.ceil((2 * batchSize) / threads);
  const pool = new WorkerPool<SampleTask, Sample>(script, { threads, ahead, workerData });
  return {
    ahead: 2 * batchSize,
    prepare: (task) => onceMore(() => pool.run(task, timeLimit)),
    close: () => pool.close(),
  };
}
