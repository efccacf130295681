import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { announce } from '../../announce.ts';

/** A lock that nobody renewed for so long is that of a process that was killed. */
const stale = 10_000;

/**
 * Runs work while no other process installs or removes. Another one is waited for as long as a killed one would seem to
 * be at work.
 * @param work gets a function that throws once the lock was lost, to be called before what cannot be undone
 * @throws Error where another process goes on
 */
export async function whileLocked<T>(
  directory: string,
  work: (assertLocked: () => void) => Promise<T>,
  patience: number = stale + 2_000,
): Promise<T> {
  await mkdir(dirname(directory), { recursive: true });
  let lost: Error | undefined;
  const options = {
    lockfilePath: `${directory}.lock`,
    realpath: false,
    stale,
    onCompromised: (error: Error) => {
      lost = error;
    },
  };
  const release = await acquire(directory, options, patience);
  const assertLocked = () => {
    if (lost)
      throw new Error(`Cannot go on: the lock of ${directory} was lost (${lost.message}); run the command again`);
  };
  try {
    return await work(assertLocked);
  } finally {
    if (!lost) await release();
  }
}

async function acquire(
  directory: string,
  options: lockfile.LockOptions,
  patience: number,
): Promise<() => Promise<void>> {
  const end = Date.now() + patience;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await lockfile.lock(directory, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (Date.now() > end)
        throw new Error(
          `Cannot change ${directory}: another clip-tfjs is installing or removing there; wait until it has ended, then run the command again`,
        );
      if (isFirst)
        announce(`another clip-tfjs seems to be at work on ${directory}; waiting up to ${patience / 1000} s`);
      await setTimeout(500);
    }
  }
}
