import type { Entry, NewEntry } from '../../search/entry.ts';
import type { IndexHeader } from '../../search/search-index.ts';
import { assertRows } from './check-rows.ts';
import { type Change, commit, type Store } from './commit.ts';
import { rowsPerShard, type Shard } from './layout.ts';
import type { Failure } from './lists.ts';
import { compactStore, mergeDue } from './merge.ts';
import { writeShard } from './shard-files.ts';

/**
 * An index that is open for writing, by nobody else meanwhile. Each change is a commit: when its promise resolves it is on the
 * disk and readers see it; until then they see nothing of it. Changes run one after another, in the order of the calls.
 */
export type IndexWriter = {
  readonly header: IndexHeader;
  /** By ascending id. */
  readonly entries: readonly Entry[];
  readonly failures: readonly Failure[];
  /** Rows that were removed and still take room in shards, until `compact`. */
  readonly tombstones: number;
  /**
   * Appends rows, any number in one commit (a commit takes some milliseconds: hundreds of rows each are better than one).
   * @param embeddings unit vectors of embedDim values, one per entry
   * @param replaced ids that are removed by the same commit: those of the same files as they were before
   * @returns the entries with their ids
   */
  append(
    entries: readonly NewEntry[],
    embeddings: readonly Float32Array[],
    replaced?: readonly number[],
  ): Promise<readonly Entry[]>;
  /** Puts entries in place of those of the same ids, e.g. where a file was renamed. Vectors stay. */
  update(entries: readonly Entry[]): Promise<void>;
  remove(ids: readonly number[]): Promise<void>;
  /** Replaces the list of files that could not be read. */
  setFailures(failures: readonly Failure[]): Promise<void>;
  /** Replaces the folders that the index was made of. */
  setRoots(roots: readonly string[]): Promise<void>;
  /** Gives back the room of removed rows, and makes few files of many. Readers go on with what they have. */
  compact(): Promise<void>;
  /** Waits for changes that were begun, and lets another writer in. */
  close(): Promise<void>;
};

/** @param entries what counts in the store now */
export function writerOf(store: Store, entries: readonly Entry[]): IndexWriter {
  const live = new Map(entries.map((entry) => [entry.id, entry]));
  let listed: readonly Entry[] | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (isClosed) return Promise.reject(new Error(`Cannot write to index ${store.directory}: it is closed`));
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const change = (draft: (take: () => string) => Promise<Change> | Change) =>
    commit(store, async (take) => draft(take));
  const takeUp = (removed: readonly number[], put: readonly Entry[]) => {
    for (const id of removed) live.delete(id);
    for (const entry of put) live.set(entry.id, entry);
    listed = undefined;
  };
  const assertLive = (action: string, ids: readonly number[]) => {
    const unknown = ids.find((id) => !live.has(id));
    if (unknown !== undefined)
      throw new RangeError(`Cannot ${action} entry ${unknown}: the index has no entry of that id`);
  };
  const withTombstones = (ids: readonly number[]) =>
    ids.length === 0 ? {} : { tombstones: new Set([...store.lists.tombstones, ...ids]) };

  return {
    get header() {
      return store.manifest.header;
    },
    get entries() {
      listed ??= [...live.values()];
      return listed;
    },
    get failures() {
      return store.lists.failures;
    },
    get tombstones() {
      return store.lists.tombstones.size;
    },
    append: (added, embeddings, replaced = []) =>
      inTurn(async () => {
        assertRows(added, embeddings, store.manifest.header.embedDim);
        assertLive('replace', replaced);
        if (added.length === 0 && replaced.length === 0) return [];
        await mergeDue(store);
        const { nextId, shards } = store.manifest;
        const rows = added.map((entry, row) => withId(entry, nextId + row));
        await change(async (take) => ({
          shards: [...shards, ...(await writeShards(store, rows, embeddings, take))],
          nextId: nextId + rows.length,
          lists: withTombstones(replaced),
        }));
        takeUp(replaced, rows);
        return rows;
      }),
    update: (changed) =>
      inTurn(async () => {
        assertLive(
          'update',
          changed.map(({ id }) => id),
        );
        if (changed.length === 0) return;
        const entries = changed.map((entry) => withId(entry, entry.id));
        const pairs = entries.map((entry) => [entry.id, entry] as const);
        await change(() => ({ lists: { changes: new Map([...store.lists.changes, ...pairs]) } }));
        takeUp([], entries);
      }),
    remove: (ids) =>
      inTurn(async () => {
        assertLive('remove', ids);
        if (ids.length === 0) return;
        await change(() => ({ lists: withTombstones(ids) }));
        takeUp(ids, []);
      }),
    setFailures: (failures) => inTurn(() => change(() => ({ lists: { failures: [...failures] } }))),
    setRoots: (roots) => inTurn(() => change(() => ({ header: { ...store.manifest.header, roots: [...roots] } }))),
    compact: () => inTurn(() => compactStore(store)),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await last;
      await store.claim.release();
    },
  };
}

/** As many shards as their size asks for. */
async function writeShards(
  { directory, manifest }: Store,
  entries: readonly Entry[],
  embeddings: readonly Float32Array[],
  take: () => string,
): Promise<Shard[]> {
  const { embedDim } = manifest.header;
  const most = rowsPerShard(embedDim);
  const shards: Shard[] = [];
  for (let from = 0; from < entries.length; from += most) {
    const part = entries.slice(from, from + most);
    const rows = new Float32Array(part.length * embedDim);
    for (let row = 0; row < part.length; row++) rows.set(embeddings[from + row]!, row * embedDim);
    shards.push(await writeShard(directory, take(), { entries: part, matrix: { rows, embedDim } }));
  }
  return shards;
}

/** What an entry has, and nothing else, in one order. */
function withId(entry: NewEntry, id: number): Entry {
  const { path, size, modified, statusChanged, hash, width, height, caption } = entry;
  const optional = { ...(statusChanged !== undefined && { statusChanged }), ...(caption !== undefined && { caption }) };
  return { id, path, size, modified, hash, width, height, ...optional };
}
