import type { Clip } from '../../clip.ts';
import type { Entry } from '../../search/entry.ts';
import { assertSameModel } from '../../search/same-model.ts';
import { type EmbedFilesOptions, embedFiles } from '../embed-files.ts';
import { modelHash } from '../model-hash.ts';
import type { Failure, IndexWriter } from '../store/store.ts';
import { type Changes, gatherChanges } from './changes.ts';
import { type Forgotten, forgetFolders } from './forget-folders.ts';
import { type Identified, identifyFiles } from './identify.ts';
import { compactIfDue, pruneEntries } from './make-room.ts';
import { isSameStatus, planUpdate, unopened } from './plan-update.ts';
import { type FileStatus, isWithin, statusOf, walkFolders } from './walk.ts';

export type UpdateOptions = Pick<EmbedFilesOptions, 'workers' | 'batchSize' | 'signal' | 'timeLimit'> & {
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
  /** Is told how many of the files that are new or changed are done. */
  onProgress?: (done: number, total: number) => void;
};

/** What an update of an index did. */
export type IndexUpdate = {
  added: number;
  changed: number;
  renamed: number;
  unchanged: number;
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

type Tally = Pick<IndexUpdate, 'added' | 'changed' | 'renamed' | 'unchanged'>;

/** Below that many candidates all are hashed before the first is embedded, so that no thread is started for nothing. */
const fewCandidates = 64;

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

type Progress = { changes: Changes; tally: Tally; moved: Set<number> };

/** Notes what files turn out to be, embeds the new ones, and commits on the way. */
async function takeUp(
  writer: IndexWriter,
  identified: AsyncIterable<Identified>,
  total: number,
  { changes, tally, moved }: Progress,
  openModel: () => Promise<Clip>,
  { workers, batchSize, signal, timeLimit, onProgress }: UpdateOptions,
): Promise<void> {
  let done = 0;
  const waiting: (Identified & { kind: 'new' })[] = [];
  /** Paths to embed; what need not be is done on the way. */
  async function* toEmbed(): AsyncGenerator<string> {
    for await (const file of identified) {
      signal?.throwIfAborted();
      if (file.kind === 'new') {
        waiting.push(file);
        yield file.status.path;
        continue;
      }
      if (file.kind === 'same') {
        if (!hasStatus(file.own, file.status)) changes.update({ ...file.own, ...file.status });
        tally.unchanged++;
      } else if (file.kind === 'renamed') {
        if (file.own) changes.remove(file.own.id);
        changes.update({ ...file.moved, ...file.status });
        moved.add(file.moved.id);
        tally.renamed++;
      } else changes.fail({ path: file.status.path, reason: reasonOf(file.error, file.status.path), ...unopened });
      onProgress?.(++done, total);
      await changes.commitDue();
    }
  }
  const paths = toEmbed();
  const first = await paths.next();
  if (first.done) return;
  const clip = await openModel();
  const { preprocess } = clip.config;
  assertSameModel(writer.header, { hash: await modelHash(clip), preprocess });
  const all = chain(first.value, paths);
  const options = {
    exifRotate: writer.header.exifRotate,
    ...(workers !== undefined && { workers }),
    ...(batchSize !== undefined && { batchSize }),
    ...(signal && { signal }),
    ...(timeLimit !== undefined && { timeLimit }),
  };
  for await (const row of embedFiles(clip, total < fewCandidates ? await gather(all) : all, options)) {
    const { status, hash, own } = waiting.shift()!;
    const fault = row.error ?? (await changedMeanwhile(status));
    if (fault) {
      changes.fail({ ...status, reason: reasonOf(fault, status.path) });
      if (own) changes.remove(own.id); // that is not what the file shows now
    } else if (row.embedding) {
      changes.add({ ...status, hash, width: row.width, height: row.height }, row.embedding, own);
      tally[own ? 'changed' : 'added']++;
    }
    onProgress?.(++done, total);
    await changes.commitDue();
  }
}

/** Hash and vector may be of different contents. @returns the fault with which the file is tried again next time */
async function changedMeanwhile(before: FileStatus): Promise<Error | undefined> {
  const now = await statusOf(before.path);
  if (now && isSameStatus(before, now)) return undefined;
  return new Error('it changed while it was read; the next run tries it again');
}

const hasStatus = (entry: Entry, { size, modified, statusChanged }: FileStatus): boolean =>
  entry.size === size && entry.modified === modified && entry.statusChanged === statusChanged;

/** The path stands beside it. */
const reasonOf = ({ code, message }: NodeJS.ErrnoException, path: string): string =>
  code === 'EACCES' ? 'Cannot read the picture: permission is denied' : message.replace(` (${path})`, '');

async function* chain<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
