import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { announce } from '../../announce.ts';
import { orUndefined } from '../files.ts';
import { isAlive } from '../is-alive.ts';

/** A lock that nobody renewed for so long is that of a process that was stopped; of a dead one on this machine, after 2 s. */
const stale = 10_000;
const staleOfDead = 2_000;
const between = 200;

/**
 * Runs work while no other process does the same; waits as long as another one is alive.
 * @param path of the lock; beside it, in `path.pid`, stands who holds it
 * @param work gets a function that throws once the lock was lost
 */
export async function whileLocked<T>(
  path: string,
  what: string,
  signal: AbortSignal | undefined,
  work: (assertLocked: () => void) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let lost: Error | undefined;
  const onCompromised = (error: Error) => {
    lost = error;
  };
  const release = await acquire(path, what, signal, onCompromised);
  await writeFile(`${path}.pid`, `${process.pid} ${hostname()}`);
  const assertLocked = () => {
    if (lost) throw new Error(`Cannot go on: the lock of ${what} was lost (${lost.message}); run the command again`);
  };
  try {
    return await work(assertLocked);
  } finally {
    if (!lost) {
      await rm(`${path}.pid`, { force: true });
      await release();
    }
  }
}

async function acquire(
  path: string,
  what: string,
  signal: AbortSignal | undefined,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  const { default: lockfile } = await import('proper-lockfile'); // loaded by nothing but downloads
  for (let isFirst = true; ; isFirst = false) {
    signal?.throwIfAborted();
    try {
      const patience = (await isHolderDead(path)) ? staleOfDead : stale;
      return await lockfile.lock(path, {
        ...{ lockfilePath: path, realpath: false, stale: patience, update: 1_000, onCompromised },
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (isFirst) announce(`another process is downloading ${what}; waiting for it`);
      await setTimeout(between, undefined, { ...(signal && { signal }) });
    }
  }
}

async function isHolderDead(path: string): Promise<boolean> {
  const [, pid, host] = (await orUndefined(readFile(`${path}.pid`, 'utf8')))?.match(/^(\d+) (.*)$/) ?? [];
  return pid !== undefined && host === hostname() && !isAlive(Number(pid));
}
