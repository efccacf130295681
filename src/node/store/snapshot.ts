import { relative } from 'node:path';
import { isSameVersion, type Manifest, type Shard, shardFolder } from './layout.ts';
import { type Lists, readLists } from './lists.ts';
import { readManifest } from './manifest.ts';
import { closeShard, type OpenShard, openShard } from './shard-files.ts';
import { damaged } from './store-errors.ts';

/** One committed version, its files held open: what is deleted meanwhile can still be read. */
export type Snapshot = {
  readonly manifest: Manifest;
  readonly lists: Lists;
  /** In the order of the manifest, without those that were not wanted. */
  readonly shards: readonly OpenShard[];
  close(): Promise<void>;
};

/**
 * Opens the version that counts now. Where a writer replaces it before its files are open, the next one is opened.
 * @param isWanted which shards to open
 * @throws {IndexError}
 */
export async function openSnapshot(directory: string, isWanted: (shard: Shard) => boolean): Promise<Snapshot> {
  for (;;) {
    const manifest = await readManifest(directory);
    try {
      return await openFiles(directory, manifest, isWanted);
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ESTALE') throw error;
      if (isSameVersion(manifest, await readManifest(directory)))
        throw damaged(directory, path ? relative(directory, path) : shardFolder, 'it is not there', error);
    }
  }
}

async function openFiles(
  directory: string,
  manifest: Manifest,
  isWanted: (shard: Shard) => boolean,
): Promise<Snapshot> {
  const shards: OpenShard[] = [];
  const close = async () => {
    for (const shard of shards) await closeShard(shard);
  };
  try {
    for (const shard of manifest.shards.filter(isWanted)) shards.push(await openShard(directory, shard));
    return { manifest, lists: await readLists(directory, manifest), shards, close };
  } catch (error) {
    await close();
    throw error;
  }
}
