import type { Clip } from '../../clip.ts';
import type { Entry } from '../../search/entry.ts';
import { assertSameModel } from '../../search/same-model.ts';
import { type EmbedFilesOptions, embedFiles } from '../embed-files.ts';
import { modelHash } from '../model-hash.ts';
import type { IndexWriter } from '../store/store.ts';
import type { Changes } from './changes.ts';
import type { Identified } from './identify.ts';
import { isSameStatus, unopened } from './plan-update.ts';
import { type FileStatus, statusOf } from './walk.ts';

/** Files by what became of them. */
export type Tally = { added: number; changed: number; renamed: number; unchanged: number };

export type TakeUpOptions = Pick<EmbedFilesOptions, 'workers' | 'batchSize' | 'signal' | 'timeLimit'> & {
  /** Is told how many of the files that are new or changed are done. */
  onProgress?: (done: number, total: number) => void;
};

/** Below that many candidates all are hashed before the first is embedded, so that no thread is started for nothing. */
const fewCandidates = 64;

export type Progress = { changes: Changes; tally: Tally; moved: Set<number> };

/** Notes what files turn out to be, embeds the new ones, and commits on the way. */
export async function takeUp(
  writer: IndexWriter,
  identified: AsyncIterable<Identified>,
  total: number,
  { changes, tally, moved }: Progress,
  openModel: () => Promise<Clip>,
  { workers, batchSize, signal, timeLimit, onProgress }: TakeUpOptions,
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
