import { parentPort, type Transferable } from 'node:worker_threads';
import { type Fault, toFault } from './fault.ts';

/** What a worker thread says: that it has started, and then one answer per task, in the order of the tasks. */
export type Answer<Result> = { kind: 'ready' } | { kind: 'result'; result: Result } | { kind: 'fault'; fault: Fault };

/** A task's result, and the buffers of it that are handed over instead of copied. */
export type Handled<Result> = { result: Result; transfer?: readonly Transferable[] };

/** Makes this worker thread one of a WorkerPool: it takes one task after the other. */
export function serve<Task, Result>(handle: (task: Task) => Promise<Handled<Result>>): void {
  const answer = (message: Answer<Result>, transfer: readonly Transferable[] = []) =>
    parentPort?.postMessage(message, transfer);
  let turn = Promise.resolve();
  parentPort?.on('message', (task: Task) => {
    turn = turn.then(async () => {
      try {
        const { result, transfer } = await handle(task);
        answer({ kind: 'result', result }, transfer);
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) await crash(error);
        answer({ kind: 'fault', fault: toFault(error as NodeJS.ErrnoException) });
      }
    });
  });
  answer({ kind: 'ready' });
}

/** WebAssembly that has trapped is in no known state, so the thread goes down with it. */
function crash(error: Error): Promise<never> {
  setImmediate(() => {
    throw error;
  });
  return new Promise(() => {});
}
