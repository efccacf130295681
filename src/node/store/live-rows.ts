import type { Entry } from '../../search/entry.ts';
import type { Matrix } from '../../search/matrix.ts';
import type { Lists } from './lists.ts';
import type { Rows } from './shard-files.ts';

/** What counts of rows: without those that were removed (then the matrix is a copy), with entries that were changed. */
export function liveRows({ entries, matrix }: Rows, lists: Pick<Lists, 'tombstones' | 'changes'>): Rows {
  const { tombstones } = lists;
  const live = liveEntries(entries, lists);
  if (live.length === entries.length) return { entries: live, matrix };
  const { embedDim, rows } = matrix;
  const kept = new Float32Array(live.length * embedDim);
  let row = 0;
  for (const [from, { id }] of entries.entries())
    if (!tombstones.has(id)) kept.set(rows.subarray(from * embedDim, (from + 1) * embedDim), row++ * embedDim);
  return { entries: live, matrix: { rows: kept, embedDim } };
}

export function liveEntries(
  entries: readonly Entry[],
  { tombstones, changes }: Pick<Lists, 'tombstones' | 'changes'>,
): readonly Entry[] {
  const live = tombstones.size === 0 ? entries : entries.filter(({ id }) => !tombstones.has(id));
  return changes.size === 0 ? live : live.map((entry) => changes.get(entry.id) ?? entry);
}

/** Rows of several, one after another. */
export function concatRows(parts: readonly Rows[], embedDim: number): Rows {
  const entries = parts.flatMap((part) => part.entries);
  const rows = new Float32Array(entries.length * embedDim);
  let at = 0;
  for (const { matrix } of parts) {
    rows.set(matrix.rows, at);
    at += matrix.rows.length;
  }
  return { entries, matrix: { rows, embedDim } satisfies Matrix };
}
