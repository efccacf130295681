import type { Entry } from '../../search/entry.ts';
import type { Failure } from '../store/store.ts';
import { type FileStatus, isWithin, type Unreadable, type Walk } from './walk.ts';

/** What follows from the status of files alone, before any is opened. */
export type UpdatePlan = {
  /** Files that are new, have another size or another time, or whose status was that of no readable picture. */
  candidates: readonly FileStatus[];
  /** Files whose status is that of their entry. */
  unchanged: number;
  /** Entries of the folders whose file is not there. It may have been renamed. */
  missing: readonly Entry[];
  /** Failures that stay: of other folders, and of files that have not changed since. */
  elsewhere: readonly Failure[];
  known: readonly Failure[];
  /** Folders with entries in which there is no picture now, as where a disk is not mounted. */
  emptied: readonly string[];
};

/** A file that could not even be opened has this size and time in the list of failures: it is tried each time. */
export const unopened = { size: -1, modified: -1 } as const;

/** @param rehash whether a file's content counts though its status is the same */
export function planUpdate(
  index: { entries: readonly Entry[]; failures: readonly Failure[] },
  { folders, files, unreadable }: Walk,
  rehash: boolean,
): UpdatePlan {
  const byPath = new Map<string, Entry>(index.entries.map((entry) => [entry.path, entry]));
  const failedBefore = new Map(index.failures.map((failure) => [failure.path, failure]));
  const isWalked = (path: string) => folders.some((folder) => isWithin(path, folder));
  const isUnknown = (path: string) => unreadable.some((place) => isWithin(path, place.path));
  const known: Failure[] = unreadable.map(({ path, reason }: Unreadable) => ({ path, reason, ...unopened }));
  const candidates: FileStatus[] = [];
  let unchanged = 0;
  for (const status of files.values()) {
    const entry = byPath.get(status.path);
    const failure = failedBefore.get(status.path);
    if (rehash) candidates.push(status);
    else if (entry && isSameStatus(entry, status)) unchanged++;
    else if (failure && isSameStatus(failure, status)) known.push(failure);
    else candidates.push(status);
  }
  const missing = index.entries.filter(({ path }) => isWalked(path) && !files.has(path) && !isUnknown(path));
  const hasFile = (folder: string) => [...files.keys()].some((path) => isWithin(path, folder));
  return {
    candidates,
    unchanged,
    missing,
    elsewhere: index.failures.filter(({ path }) => !isWalked(path)),
    known,
    emptied: folders.filter((folder) => missing.some(({ path }) => isWithin(path, folder)) && !hasFile(folder)),
  };
}

/**
 * Whether a file is, as far as its status tells, as it was. The time of its status counts too, as it does for git: two files that
 * change places, or an EXIF tag that is written with `exiftool -P`, leave size and time of the content alone.
 */
export function isSameStatus(before: Status, now: Status): boolean {
  const isSameSince = before.statusChanged === undefined || before.statusChanged === now.statusChanged;
  return before.size === now.size && before.modified === now.modified && isSameSince;
}

type Status = Pick<Entry, 'size' | 'modified' | 'statusChanged'>;
