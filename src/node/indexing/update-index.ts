import type { Clip } from '../../clip.ts';
import type { Failure, IndexWriter } from '../store/store.ts';
import { gatherChanges } from './changes.ts';
import { type Forgotten, forgetFolders } from './forget-folders.ts';
import { identifyFiles } from './identify.ts';
import { compactIfDue, pruneEntries } from './make-room.ts';
import { planUpdate } from './plan-update.ts';
import { type TakeUpOptions, type Tally, takeUp } from './take-up.ts';
import { isWithin, walkFolders } from './walk.ts';

export type UpdateOptions = TakeUpOptions & {
  /** Removes entries whose file is not there any more. */
  prune?: boolean;
  /** Folders of the index that it shall have no more (absolute); their pictures go, but for those found elsewhere. */
  forget?: readonly string[];
  /** Compares the content of every file, and tries every unreadable one again; else only of those whose size or times have changed. */
  rehash?: boolean;
  /** Rewrites the store without what was removed; else that is done where it is a quarter or more. */
  compact?: boolean;
  /** New rows of a commit, 256 by default: as many are done again after a kill. Ten seconds' work is always committed. */
  commitRows?: number;
};

/** What an update of an index did. */
export type IndexUpdate = Tally & {
  /** Files, and folders, that cannot be read: of this time and of earlier ones, as far as they have not changed since. */
  failed: readonly Failure[];
  /** Paths of entries whose file is not there any more, and which `prune` would remove. */
  vanished: readonly string[];
  pruned: number;
  /** Folders that have no picture any more though the index has: nothing of them was pruned, for a disk may not be mounted. */
  emptied: readonly string[];
  /** Folders that the index has no more, as asked for, or because they are not there and nothing of them is left. */
  forgotten: readonly Forgotten[];
  compacted: boolean;
  /** Whether the signal ended it; what was done until then is in the index. */
  stopped: boolean;
};

/**
 * Brings an index up to date with folders. Files whose size and times are those of their entry are not opened. Of the others the content
 * is hashed: where it is that of an entry whose file is gone, the file was renamed, and only what is new is embedded. Changes are committed as they
 * are made, so what is interrupted at any moment goes on where it was.
 * @param folders absolute paths; they are added to those of the index
 * @param openModel is called once where a picture has to be embedded, else not at all. The caller disposes of the model.
 * @throws {ModelError} where the model is not that of the index; Error on a folder that is not there, or where the index cannot be written
 */
export async function updateIndex(
  writer: IndexWriter,
  folders: readonly string[],
  openModel: () => Promise<Clip>,
  options: UpdateOptions = {},
): Promise<IndexUpdate> {
  const { prune = false, forget = [], rehash = false, compact = false, commitRows = 256, signal } = options;
  const walk = await walkFolders(folders);
  const plan = planUpdate(writer, walk, rehash);
  const roots = [...new Set([...writer.header.roots, ...folders])];
  if (roots.length > writer.header.roots.length) await writer.setRoots(roots);
  const changes = gatherChanges(writer, [...plan.elsewhere, ...plan.known], commitRows);
  const tally: Tally = { added: 0, changed: 0, renamed: 0, unchanged: plan.unchanged };
  const moved = new Set<number>();
  let stopped = false;
  try {
    const identified = identifyFiles(plan.candidates, writer.entries, walk.files);
    await takeUp(writer, identified, plan.candidates.length, { changes, tally, moved }, openModel, options);
    await changes.commit();
  } catch (error) {
    // What is done is kept; but where that cannot be written either, the first reason is the one to tell
    if (!signal?.aborted) await changes.commit().catch(() => {});
    if (!signal?.aborted) throw error;
    await changes.commit();
    stopped = true;
  }
  const missing = plan.missing.filter(({ id }) => !moved.has(id));
  const pruned = prune && !stopped ? await pruneEntries(writer, missing, plan.emptied) : [];
  const forgotten = stopped ? [] : await forgetFolders(writer, forget); // when what was moved has been found
  const gone = new Set(pruned);
  return {
    ...tally,
    failed: changes.failures.filter((failure) => !plan.elsewhere.includes(failure)),
    vanished: missing.filter(({ id }) => !gone.has(id)).map(({ path }) => path),
    pruned: pruned.length,
    emptied: plan.emptied.filter((folder) => missing.some(({ path }) => isWithin(path, folder))),
    forgotten,
    compacted: !stopped && (await compactIfDue(writer, compact)),
    stopped,
  };
}
