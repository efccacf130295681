import { WorkerCrash } from './pool.ts';

/** Runs it, and where that loses a worker thread, once more. */
export async function onceMore<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof WorkerCrash) return run();
    throw error;
  }
}
