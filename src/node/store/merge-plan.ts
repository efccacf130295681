/** Many small files are slow to open: so many small shards at the end are made one. */
const mostSmall = 16;

/** A run of shards that are to become one: [from, to). */
export type Run = { readonly from: number; readonly to: number };

/**
 * Which of the last shards an append merges first: at least 16, none of them more than a quarter of the new one. So a row is
 * written again log4(rows of a shard / rows of an append) times at most.
 * @param counts rows of each shard
 * @param most rows that a shard holds
 */
export function dueMerge(counts: readonly number[], most: number): Run | undefined {
  let [total, largest] = [0, 0];
  let from: number | undefined;
  for (let i = counts.length - 1; i >= 0; i--) {
    total += counts[i]!;
    largest = Math.max(largest, counts[i]!);
    if (total > most) break;
    if (counts.length - i >= mostSmall && 4 * largest <= total) from = i;
  }
  return from === undefined ? undefined : { from, to: counts.length };
}

/**
 * How compaction puts shards together: neighbours, as long as their rows fit into one. A second compaction finds nothing to do.
 * @param counts rows of each shard that count
 * @param most rows that a shard holds
 */
export function compactionRuns(counts: readonly number[], most: number): Run[] {
  const runs: Run[] = [];
  let from = 0;
  let total = 0;
  for (const [i, count] of counts.entries()) {
    if (i > from && total + count > most) {
      runs.push({ from, to: i });
      [from, total] = [i, 0];
    }
    total += count;
  }
  return counts.length === 0 ? runs : [...runs, { from, to: counts.length }];
}
