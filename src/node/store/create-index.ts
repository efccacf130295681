import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Entry } from '../../search/entry.ts';
import type { IndexHeader } from '../../search/search-index.ts';
import { syncDirectory } from '../files.ts';
import { makeDirectory, writeFault } from '../writable.ts';
import { claimStore, type WriterClaim } from './claim.ts';
import type { Store } from './commit.ts';
import { type IndexWriter, writerOf } from './index-writer.ts';
import { claimName, guardName, type Manifest, manifestName, pathOf, shardFolder } from './layout.ts';
import { collectLeftovers } from './leftovers.ts';
import { liveEntries } from './live-rows.ts';
import { commitManifest, findManifest, readManifest } from './manifest.ts';
import { readEntries } from './shard-files.ts';
import { openSnapshot } from './snapshot.ts';

/**
 * Makes an index without rows and opens it for writing.
 * @param directory new, or empty
 * @throws {IndexLockedError} where another writer is at work; Error where there is an index, or something else, already
 */
export async function createIndex(directory: string, header: IndexHeader): Promise<IndexWriter> {
  const made = await makeDirectory(directory);
  await assertFree(directory);
  const claim = await claimStore(directory);
  return releaseOnFailure(claim, async () => {
    await assertFree(directory); // another process may have been faster
    await mkdir(pathOf(directory, ''), { recursive: true }).catch((error) => {
      throw writeFault(directory, error);
    });
    const manifest: Manifest = {
      format: 1,
      store: randomUUID(),
      version: 1,
      header,
      nextId: 0,
      nextFile: 1,
      shards: [],
    };
    await commitManifest(directory, manifest);
    for (const path of made) await syncDirectory(dirname(path));
    return openClaimed(directory, claim);
  });
}

/**
 * Opens an index for the one writer that it may have at a time, and collects what killed writers left behind.
 * @throws {IndexLockedError} that names who is writing; {IndexError} where there is no index, or it is damaged
 */
export async function openIndexForWriting(directory: string): Promise<IndexWriter> {
  await readManifest(directory); // before anything is written there
  const claim = await claimStore(directory);
  return releaseOnFailure(claim, () => openClaimed(directory, claim));
}

async function releaseOnFailure<T>(claim: WriterClaim, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function openClaimed(directory: string, claim: WriterClaim): Promise<IndexWriter> {
  const { manifest, lists, shards, close } = await openSnapshot(directory, () => true);
  const parts: (readonly Entry[])[] = [];
  try {
    for (const shard of shards) parts.push(liveEntries(await readEntries(directory, shard), lists));
  } finally {
    await close();
  }
  await collectLeftovers(directory, manifest);
  const store: Store = { directory, claim, manifest, lists, nextFile: manifest.nextFile };
  return writerOf(store, parts.flat());
}

/** A folder of pictures is no place for an index; what a killed `createIndex` left is no obstacle. */
async function assertFree(directory: string): Promise<void> {
  if (await findManifest(directory))
    throw new Error(`Cannot create index ${directory}: there is one already; open it, or choose another directory`);
  const own = [manifestName, claimName].map((name) => `.${name}.`);
  const others = (await readdir(directory)).filter(
    (file) => ![claimName, guardName, shardFolder].includes(file) && !own.some((start) => file.startsWith(start)),
  );
  if (others.length > 0)
    throw new Error(
      `Cannot create index ${directory}: it holds other files (${others[0]}); choose a directory that is new or empty`,
    );
}
