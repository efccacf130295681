import type { NewEntry } from '../../../search/entry.ts';
import type { IndexWriter } from '../../store/store.ts';

/** Rows of a commit, and the milliseconds after which there is one all the same: so much is computed again after a kill. */
const commitRows = 1024;
const commitTime = 10_000;

/** Collects rows and writes them many at a time. */
export type Commits = {
  /** @param replaced the id of what stood for the same before */
  add: (entry: NewEntry, features: Float32Array, replaced?: number) => Promise<void>;
  flush: () => Promise<void>;
};

export function openCommits(writer: IndexWriter): Commits {
  let entries: NewEntry[] = [];
  let rows: Float32Array[] = [];
  let replaced: number[] = [];
  let last = performance.now();
  const flush = async () => {
    const waiting = [entries, rows, replaced] as const;
    [entries, rows, replaced] = [[], [], []];
    await writer.append(...waiting);
    last = performance.now();
  };
  return {
    flush,
    add: async (entry, features, before) => {
      entries.push(entry);
      rows.push(features);
      if (before !== undefined) replaced.push(before);
      if (entries.length >= commitRows || performance.now() - last > commitTime) await flush();
    },
  };
}
