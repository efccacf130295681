export type CheckpointClock = {
  isDue: () => boolean;
  /** Writes one, and measures how long that takes. */
  time: (write: () => Promise<void>) => Promise<void>;
};

/** When the next checkpoint is due: so that writing them takes a twentieth of the time at most. 0 seconds: after every step. */
export function checkpointClock(seconds: number): CheckpointClock {
  let last = performance.now();
  let wait = 1000 * seconds;
  return {
    isDue: () => performance.now() - last >= wait,
    time: async (write: () => Promise<void>) => {
      const start = performance.now();
      await write();
      last = performance.now();
      if (seconds > 0) wait = Math.max(1000 * seconds, 20 * (last - start));
    },
  };
}
