import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { orUndefined, writeFileAtomically } from '../files.ts';
import { isAlive } from '../is-alive.ts';
import { claimName, guardName } from './layout.ts';
import { type Holder, IndexLockedError } from './store-errors.ts';

/**
 * What stands in writer.json. `started` tells a process from a later one that was given the same id, where the system says
 * when a process began (Linux).
 */
type Claim = Holder & { readonly token: string; readonly started?: string };

/** The tokens of this thread's writers. */
const own = new Set<string>();

/** The claim of another machine, whose processes cannot be seen, is renewed; one that was not for so long does not count. */
const renewal = 20_000;
const staleElsewhere = 10 * 60_000;

/** Looking who writes and saying so oneself takes milliseconds: a guard this old is that of a process that was killed. */
const staleGuard = 5_000;

/** The right to write into a store. */
export type WriterClaim = {
  /** To be called before each commit. @throws {IndexLockedError} where another writer took the place */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
};

/**
 * Claims a store for one writer. (A lock that is renewed all the time would not do: an engine may hold this thread for longer
 * than that. So the lock guards no more than the look at who writes.)
 * @throws {IndexLockedError} where another writer is at work
 */
export async function claimStore(directory: string): Promise<WriterClaim> {
  const path = join(directory, claimName);
  const token = randomUUID();
  const started = await startOf(process.pid);
  const since = new Date().toISOString();
  const claim: Claim = { pid: process.pid, host: hostname(), since, token, ...(started !== undefined && { started }) };
  await whileGuarded(directory, async () => {
    const other = await readClaim(path);
    if (other && (await isAtWork(path, other))) throw locked(directory, path, other);
    await writeFileAtomically(path, JSON.stringify(claim));
  });
  own.add(token);
  const isHeld = async () => (await readClaim(path))?.token === token;
  const renew = () => isHeld().then((held) => (held ? utimes(path, new Date(), new Date()) : undefined));
  const timer = setInterval(() => void renew().catch(() => {}), renewal).unref();
  return {
    assertHeld: async () => {
      if (await isHeld()) return;
      const message = 'another writer took its place, or its claim was deleted; open it again';
      throw new IndexLockedError(
        `Cannot write to index ${directory}: ${message}`,
        (await readClaim(path)) ?? { pid: 0, host: '', since: '' },
      );
    },
    release: async () => {
      clearInterval(timer);
      own.delete(token);
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

function locked(directory: string, path: string, { pid, host, since }: Claim): IndexLockedError {
  const who = `process ${pid}${host === hostname() ? '' : ` on ${host}`}`;
  return new IndexLockedError(
    `Cannot write to index ${directory}: ${who} has been writing there since ${since}; wait for it, or stop it (if it is something else, delete ${path})`,
    { pid, host, since },
  );
}

async function isAtWork(path: string, { pid, host, started, token }: Claim): Promise<boolean> {
  if (host !== hostname()) return Date.now() - (await stat(path)).mtimeMs < staleElsewhere;
  const startedNow = await startOf(pid);
  if (started !== undefined && startedNow !== undefined) return started === startedNow;
  return pid === process.pid ? own.has(token) : isAlive(pid);
}

/** A process's start in ticks since the machine's (proc(5), field 22 of stat); undefined where there is no such process or file. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

/** Undefined where there is none, or one that cannot be read: it was written whole or not at all. */
async function readClaim(path: string): Promise<Claim | undefined> {
  const text = await orUndefined(readFile(path, 'utf8'));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Claim);
  } catch {
    return undefined;
  }
}

async function whileGuarded(directory: string, work: () => Promise<void>): Promise<void> {
  const release = await lockfile.lock(directory, {
    lockfilePath: join(directory, guardName),
    realpath: false,
    stale: staleGuard,
    retries: { retries: 100, factor: 1, minTimeout: 100, maxTimeout: 100, randomize: true },
  });
  try {
    await work();
  } finally {
    await release();
  }
}
