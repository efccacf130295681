import { busy } from './refusal.ts';

/** Lets so many pieces of work run at the same time; so many more wait, in the order in which they came. */
export type Gate = {
  /**
   * Runs it when its turn comes.
   * @param signal takes it out of the queue: nobody waits for the result any more
   * @throws Refusal (503) where the queue is full, the signal's reason, and what the work throws
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  readonly running: number;
  readonly waiting: number;
};

type Turn = { begin: () => void };

/** @param what is taken, for the message */
export function makeGate(what: string, limits: { running: number; waiting: number }): Gate {
  let running = 0;
  const queue = new Set<Turn>();

  const turn = (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (running < limits.running) {
      running++;
      return Promise.resolve();
    }
    if (queue.size >= limits.waiting) throw busy(`${what} (${running} running, ${queue.size} waiting)`);
    return new Promise((resolve, reject) => {
      const leave = () => {
        queue.delete(mine);
        reject(signal?.reason);
      };
      const mine: Turn = {
        begin: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      queue.add(mine);
      signal?.addEventListener('abort', leave, { once: true });
    });
  };

  /** Hands the place to the next, or gives it up. */
  const done = () => {
    const [next] = queue;
    if (!next) {
      running--;
      return;
    }
    queue.delete(next);
    next.begin();
  };

  return {
    run: async (work, signal) => {
      await turn(signal);
      try {
        return await work();
      } finally {
        done();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
  };
}
