import type { Entry } from '../../search/entry.ts';
import type { IndexWriter } from '../store/store.ts';
import { isWithin } from './walk.ts';

/**
 * Removes entries whose files are gone.
 * @param emptied folders in which there is no picture at all: theirs stay, because the disk may just not be mounted
 * @returns the ids that were removed
 */
export async function pruneEntries(
  writer: IndexWriter,
  missing: readonly Entry[],
  emptied: readonly string[],
): Promise<number[]> {
  const ids = missing.filter(({ path }) => !emptied.some((folder) => isWithin(path, folder))).map(({ id }) => id);
  await writer.remove(ids);
  return ids;
}

/** The share of removed rows from which on a store is rewritten unasked: searching and opening take that much longer. */
const worthwhile = 1 / 4;

/** @returns whether it was rewritten */
export async function compactIfDue(writer: IndexWriter, isAsked: boolean): Promise<boolean> {
  const { tombstones, entries } = writer;
  if (!isAsked && !(tombstones > 0 && tombstones >= worthwhile * (tombstones + entries.length))) return false;
  await writer.compact();
  return true;
}
