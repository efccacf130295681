import { workerData } from 'node:worker_threads';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import type { Vocabulary } from '../../tokenizer/vocabulary.ts';
import { prepareSample, type Sample, type SampleSettings, type SampleTask } from './prepare-sample.ts';
import { type Handled, serve } from './serve.ts';

/** What a thread for training samples is given when it starts. */
export type SampleWorkerData = { settings: SampleSettings; vocabulary: Vocabulary; contextLength: number };

const { settings, vocabulary, contextLength } = workerData as SampleWorkerData;
const tokenizer = createTokenizer(vocabulary, contextLength);

serve(async (task: SampleTask): Promise<Handled<Sample>> => {
  const result = await prepareSample(task, settings, tokenizer);
  return { result, transfer: [result.pixels.buffer, result.ids.buffer] };
});
