import { announce } from '../announce.ts';
import { onceMore } from '../node/workers/once-more.ts';
import { WorkerCrash, WorkerPool } from '../node/workers/pool.ts';
import type { DuplicateGroup } from '../search/duplicates.ts';
import type { Entry } from '../search/entry.ts';
import type { Classified, Found, IndexFacts, IndexValue, SearchTask } from './answer-task.ts';
import type { IndexResult, IndexSource } from './index-worker.ts';
import { answerOf, Refusal } from './refusal.ts';
import { unreadable } from './unreadable-index.ts';

/**
 * An index in a thread of its own, which takes up what is committed to the store meanwhile. Methods throw a Refusal on what the
 * client has to mend.
 */
export type IndexThread = {
  facts(): Promise<IndexFacts>;
  /** Entries of late results are known here, so that this needs no turn in the thread. */
  entry(id: number): Promise<Entry>;
  search(task: Omit<SearchTask & { kind: 'search' }, 'kind'>): Promise<Found[]>;
  classify(task: Omit<SearchTask & { kind: 'classify' }, 'kind'>): Promise<Classified[]>;
  /** In yet another thread, for it takes long; the last result is kept. */
  duplicates(threshold: number): Promise<DuplicateGroup[]>;
  close(): Promise<void>;
};

/** Entries that are remembered. */
const mostEntries = 20_000;

/** @throws Error where there is no index. @param duplicatesTime milliseconds that the search for duplicates has */
export async function openIndexThread(directory: string, duplicatesTime: number): Promise<IndexThread> {
  const pool = openPool(directory);
  let state = '';
  let made: string | undefined;
  let facts: IndexFacts | undefined;
  const entries = new Map<number, Entry>();
  let last: { key: string; pool: IndexPool; groups: Promise<DuplicateGroup[]> } | undefined;
  const forget = () => {
    entries.clear();
    facts = undefined;
  };

  /** At the start it is a fault, and said as it is; later it is for the clients, who are not told where the store lies. */
  const withoutIndex = (error: NodeJS.ErrnoException): never => {
    if (made === undefined || error.code !== unreadable) throw error;
    announce(error.message);
    throw new Refusal(503, 'no_index', 'Cannot search: the index cannot be read just now; the server says why');
  };
  /** The model and the decoders in other threads were chosen for the index that was there at the start. */
  const ownAnswer = (result: IndexResult): IndexValue => {
    made ??= result.made;
    if (result.made === made) return answerOf(result);
    throw new Refusal(
      503,
      'other_model',
      'Cannot search: the index was made anew with another model or setting; start the server again',
    );
  };
  const run = async <T extends IndexValue>(task: SearchTask): Promise<T> => {
    const result = await onceMore(() => pool.run(task)).catch(withoutIndex);
    if (result.state !== state) forget();
    state = result.state;
    return ownAnswer(result) as T;
  };
  const remember = (found: readonly { entry: Entry }[]) => {
    if (entries.size + found.length > mostEntries) entries.clear();
    for (const { entry } of found) entries.set(entry.id, entry);
  };
  const thread: IndexThread = {
    facts: async () => {
      facts ??= await run<IndexFacts>({ kind: 'facts' });
      return facts;
    },
    entry: async (id) => {
      const known = entries.get(id);
      if (known) return known;
      const entry = await run<Entry>({ kind: 'entry', id });
      remember([{ entry }]);
      return entry;
    },
    search: async (task) => {
      const found = await run<Found[]>({ kind: 'search', ...task });
      remember(found);
      return found;
    },
    classify: (task) => run({ kind: 'classify', ...task }),
    duplicates: async (threshold) => {
      const { version } = await run<IndexFacts>({ kind: 'facts' });
      const key = `${state} ${version} ${threshold}`;
      if (last?.key !== key) {
        const other = openPool(directory);
        last = {
          key,
          pool: other,
          groups: findDuplicates(other, threshold, duplicatesTime).catch(withoutIndex).then(ownAnswer) as Promise<
            DuplicateGroup[]
          >,
        };
      }
      const { groups } = last;
      groups.catch(() => {
        if (last?.groups === groups) last = undefined;
      });
      return groups;
    },
    close: async () => {
      await Promise.all([pool.close(), last?.pool.close()]);
    },
  };
  try {
    await thread.facts();
    return thread;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** MiB of V8's heap: an entry has about 400 bytes. */
const heap = 4096;

type IndexPool = WorkerPool<SearchTask, IndexResult>;

function openPool(directory: string): IndexPool {
  const source: IndexSource = { directory };
  return new WorkerPool(new URL('./index-worker.js', import.meta.url), { threads: 1, workerData: source, heap });
}

/** In a thread that is there for this alone: it compares every pair, while others search. */
async function findDuplicates(pool: IndexPool, threshold: number, timeLimit: number): Promise<IndexResult> {
  try {
    return await pool.run({ kind: 'duplicates', threshold }, timeLimit);
  } catch (error) {
    if (error instanceof WorkerCrash)
      throw new Refusal(503, 'took_too_long', `Cannot find duplicates: ${error.message}`, { 'retry-after': '60' });
    throw error;
  } finally {
    await pool.close();
  }
}
