import type { Entry, NewEntry } from '../../search/entry.ts';
import type { Failure, IndexWriter } from '../store/store.ts';

/** Milliseconds after which what was computed is committed, however little it is. */
const longest = 10_000;

/** What is known of the files and not in the index yet. */
export type Changes = {
  add(entry: NewEntry, embedding: Float32Array, replaced: Entry | undefined): void;
  update(entry: Entry): void;
  remove(id: number): void;
  fail(failure: Failure): void;
  /** Commits where there is much, or the last commit is long ago. */
  commitDue(): Promise<void>;
  commit(): Promise<void>;
  /** The failures that were committed, or are to be. */
  readonly failures: readonly Failure[];
};

/**
 * Gathers changes, so that a commit has many: what has not been committed when the process is killed is done again.
 * @param failures those that stay
 * @param most new rows of a commit
 */
export function gatherChanges(writer: IndexWriter, failures: readonly Failure[], most: number): Changes {
  const all = [...failures];
  let listed = sameFailures(all, writer.failures) ? all.length : -1;
  let [entries, embeddings, replaced]: [NewEntry[], Float32Array[], number[]] = [[], [], []];
  let updates: Entry[] = [];
  let removed: number[] = [];
  let last = Date.now();
  let running: Promise<void> = Promise.resolve();
  const commit = () => {
    const [toAppend, toRemove, toUpdate] = [[entries, embeddings, replaced] as const, removed, updates];
    [entries, embeddings, replaced, removed, updates] = [[], [], [], [], []];
    last = Date.now();
    running = running.then(async () => {
      // Where a renamed file takes the place of another, that one goes first, so that no path is there twice
      await writer.remove(toRemove);
      await writer.update(toUpdate);
      await writer.append(...toAppend);
      const failed = all.slice(); // more may come meanwhile
      if (listed !== failed.length) await writer.setFailures(failed);
      listed = failed.length;
    });
    return running;
  };
  return {
    add: (entry, embedding, before) => {
      entries.push(entry);
      embeddings.push(embedding);
      if (before) replaced.push(before.id);
    },
    update: (entry) => void updates.push(entry),
    remove: (id) => void removed.push(id),
    fail: (failure) => void all.push(failure),
    commitDue: async () => {
      const count = entries.length + updates.length + removed.length;
      // Renamed and removed ones are in lists that each commit writes anew, and no work to find out again: time decides alone
      if (entries.length >= most || (count > 0 && Date.now() - last > longest)) await commit();
    },
    commit,
    failures: all,
  };
}

function sameFailures(one: readonly Failure[], other: readonly Failure[]): boolean {
  const lines = (failures: readonly Failure[]) => failures.map((failure) => JSON.stringify(sorted(failure))).sort();
  return JSON.stringify(lines(one)) === JSON.stringify(lines(other));
}

function sorted({ path, reason, size, modified, statusChanged = -1 }: Failure): Failure {
  return { path, reason, size, modified, statusChanged };
}
