import { Worker } from 'node:worker_threads';
import type { Ingredients, MadeBatch } from './batch.ts';

/**
 * Batches from a step on (counted from 0), made in another thread while this one trains.
 * @param ahead how many are made before they are asked for
 */
export async function* feed(ingredients: Ingredients, firstStep: number, ahead = 3): AsyncGenerator<MadeBatch> {
  const thread = new Worker(new URL('./batch-thread.js', import.meta.url), { workerData: ingredients });
  const ready: MadeBatch[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => {};
  thread.on('message', (batch: MadeBatch) => {
    ready.push(batch);
    wake();
  });
  thread.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  try {
    for (let step = firstStep; step < firstStep + ahead; step++) thread.postMessage(step);
    for (let step = firstStep; ; step++) {
      while (ready.length === 0 && !failure)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (failure) throw failure;
      thread.postMessage(step + ahead);
      yield ready.shift() as MadeBatch;
    }
  } finally {
    await thread.terminate();
  }
}
