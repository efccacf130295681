import { type Change, commit, type Store } from './commit.ts';
import { rowsPerShard, type Shard } from './layout.ts';
import { concatRows, liveRows } from './live-rows.ts';
import { compactionRuns, dueMerge, type Run } from './merge-plan.ts';
import { closeShard, openShard, type Rows, readShard, writeShard } from './shard-files.ts';

/** Merges the last shards of a store where there are many small ones. */
export async function mergeDue(store: Store): Promise<void> {
  const { shards, header } = store.manifest;
  const counts = shards.map(({ rows }) => rows);
  const run = dueMerge(counts, rowsPerShard(header.embedDim));
  if (run) await mergeRuns(store, [run]);
}

/**
 * Rewrites what has removed or changed rows, or is smaller than need be. Each new shard is committed by itself, so a compaction
 * that is cut short keeps what it did, and the disk need hold one shard twice, not all.
 */
export async function compactStore(store: Store): Promise<void> {
  const { shards, header } = store.manifest;
  const unlike = {
    tombstones: countByShard(shards, store.lists.tombstones),
    changes: countByShard(shards, store.lists.changes.keys()),
  };
  const counts = shards.map(({ rows }, i) => rows - unlike.tombstones[i]!);
  const isAsItShouldBe = ({ from, to }: Run) =>
    to - from === 1 && unlike.tombstones[from] === 0 && unlike.changes[from] === 0;
  await mergeRuns(
    store,
    compactionRuns(counts, rowsPerShard(header.embedDim)).filter((run) => !isAsItShouldBe(run)),
  );
}

/** The last run first: the places of the others stay as they are. */
async function mergeRuns(store: Store, runs: readonly Run[]): Promise<void> {
  for (const run of runs.toReversed()) await commit(store, (take) => mergeRun(store, run, take));
}

async function mergeRun({ directory, manifest, lists }: Store, run: Run, take: () => string): Promise<Change> {
  const { shards, header } = manifest;
  const old = shards.slice(run.from, run.to);
  const parts: Rows[] = [];
  for (const shard of old) {
    const open = await openShard(directory, shard);
    try {
      parts.push(liveRows(await readShard(directory, open, header.embedDim), lists));
    } finally {
      await closeShard(open);
    }
  }
  const rows = concatRows(parts, header.embedDim);
  const merged = rows.entries.length === 0 ? [] : [await writeShard(directory, take(), rows)];
  const [first, end] = [old[0]!.firstId, shards[run.to]?.firstId ?? Number.POSITIVE_INFINITY];
  const isElsewhere = (id: number) => id < first || id >= end;
  return {
    shards: [...shards.slice(0, run.from), ...merged, ...shards.slice(run.to)],
    lists: {
      tombstones: new Set([...lists.tombstones].filter(isElsewhere)),
      changes: new Map([...lists.changes].filter(([id]) => isElsewhere(id))),
    },
  };
}

/** How many of the ids are in each shard. */
function countByShard(shards: readonly Shard[], ids: Iterable<number>): number[] {
  const counts = shards.map(() => 0);
  const sorted = [...ids].sort((a, b) => a - b);
  let shard = 0;
  for (const id of sorted) {
    while (id >= (shards[shard + 1]?.firstId ?? Number.POSITIVE_INFINITY)) shard++;
    counts[shard]!++;
  }
  return counts;
}
