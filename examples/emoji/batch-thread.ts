/** A thread that makes batches: told a step, it answers with that step's batch. */
import { parentPort, workerData } from 'node:worker_threads';
import { createBatches, type Ingredients } from './batch.ts';

const makeBatch = createBatches(workerData as Ingredients);
parentPort?.on('message', (step: number) => {
  const batch = makeBatch(step);
  parentPort?.postMessage(batch, [batch.pixels.buffer, batch.ids.buffer, batch.concepts.buffer]);
});
