import { type DataChoice, readTrainingData } from '../node/training/read-data.ts';
import { withProgress } from './progress.ts';
import type { TrainingCommand } from './training-options.ts';
import { UsageError } from './usage.ts';

/** Looks the data over, and shows how far it is. @throws UsageError where weights and sources do not go together */
export async function readData(options: TrainingCommand, seed: number): ReturnType<typeof readTrainingData> {
  const { data, dataWeight, template, json } = options;
  if (dataWeight !== undefined && dataWeight.length !== data.length)
    throw new UsageError(
      `Cannot weigh the data: expected a --data-weight for each of ${data.length} --data but got ${dataWeight.length}`,
    );
  return withProgress('kB of pairs', json, (tell) => {
    const onProgress: DataChoice['onProgress'] = (done, total) => tell(Math.floor(done / 1e3), Math.ceil(total / 1e3));
    return readTrainingData({ ...options, templates: template, onProgress }, seed);
  });
}
