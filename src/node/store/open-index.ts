import type { SearchIndex } from '../../search/search-index.ts';
import { isSameVersion, type Manifest } from './layout.ts';
import type { Failure } from './lists.ts';
import { liveRows } from './live-rows.ts';
import { readManifest } from './manifest.ts';
import { type Rows, readShard } from './shard-files.ts';
import { openSnapshot } from './snapshot.ts';

/** An index that is open for reading. It waits for no writer, and no writer waits for it. */
export type OpenIndex = {
  /** The version that was committed last when the index was opened or refreshed. A later refresh puts another one here. */
  readonly index: SearchIndex;
  /** Counts the commits of the store. */
  readonly version: number;
  /** Files that could not be read when they were to be indexed. */
  readonly failures: readonly Failure[];
  /** Takes up what was committed since; shards that are known are not read again. Whether there was anything. */
  refresh(): Promise<boolean>;
  /** Lets go of the memory. */
  close(): Promise<void>;
};

/** Shards that are read at the same time: while one is parsed others come from the disk. */
const atOnce = 4;

/** What is in memory: shards by name, as they count in this version. */
type Loaded = {
  readonly manifest: Manifest;
  readonly shards: ReadonlyMap<string, Rows>;
  readonly index: SearchIndex;
  readonly failures: readonly Failure[];
};

/**
 * Opens an index: all of it comes into memory (4 x embedDim bytes a row for the vectors, about 400 for the entry). For
 * one that is larger see `readIndexParts`.
 * @throws {IndexError} where there is none, or it is damaged
 */
export async function openIndex(directory: string): Promise<OpenIndex> {
  let loaded: Loaded | undefined = await load(directory);
  const current = (): Loaded => {
    if (loaded) return loaded;
    throw new Error(`Cannot use index ${directory}: it is closed; open it again`);
  };
  const refresh = async (): Promise<boolean> => {
    if (isSameVersion(current().manifest, await readManifest(directory))) return false;
    const next = await load(directory, current());
    current(); // it may have been closed meanwhile
    loaded = next;
    return true;
  };
  let refreshing: Promise<boolean> | undefined;
  return {
    get index() {
      return current().index;
    },
    get version() {
      return current().manifest.version;
    },
    get failures() {
      return current().failures;
    },
    refresh: () => {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
    close: async () => {
      loaded = undefined;
    },
  };
}

/** @param known what is there already */
async function load(directory: string, known?: Loaded): Promise<Loaded> {
  const snapshot = await openSnapshot(directory, ({ name }) => !known?.shards.has(name));
  try {
    const { manifest, lists } = snapshot;
    const { header } = manifest;
    // Names are given once in a store, not in one that was made anew in its place
    if (known && known.manifest.store !== manifest.store) return await load(directory);
    const read = new Map<string, Rows>();
    for (let i = 0; i < snapshot.shards.length; i += atOnce)
      await Promise.all(
        snapshot.shards.slice(i, i + atOnce).map(async (open) => {
          read.set(open.shard.name, await readShard(directory, open, header.embedDim));
        }),
      );
    const shards = new Map<string, Rows>();
    for (const { name } of manifest.shards)
      shards.set(name, liveRows((known?.shards.get(name) ?? read.get(name))!, lists));
    const index = {
      header,
      entries: [...shards.values()].flatMap(({ entries }) => entries),
      matrices: [...shards.values()].map(({ matrix }) => matrix).filter(({ rows }) => rows.length > 0),
    };
    return { manifest, shards, index, failures: lists.failures };
  } finally {
    await snapshot.close();
  }
}
