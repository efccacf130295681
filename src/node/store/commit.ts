import type { WriterClaim } from './claim.ts';
import { fileName, isSameVersion, type List, type ListKind, type Manifest } from './layout.ts';
import { collectLeftovers, deleteReplaced } from './leftovers.ts';
import { type Lists, writeList } from './lists.ts';
import { commitManifest, findManifest } from './manifest.ts';

/** A store that is open for writing. The last three change with each commit. */
export type Store = {
  readonly directory: string;
  readonly claim: WriterClaim;
  manifest: Manifest;
  lists: Lists;
  nextFile: number;
  /** Why nothing more can be written: it is not known which version is on the disk. */
  fault?: unknown;
};

/** What a commit changes. */
export type Change = Partial<Pick<Manifest, 'shards' | 'nextId' | 'header'>> & { lists?: Partial<Lists> };

/**
 * Makes the next version of a store: first all its new files, then, by one rename, the manifest that names them. When this
 * resolves it is on the disk; when it throws the store is as it was.
 * @param draft writes the new shards; each call of `take` gives a name that no file has had
 */
export async function commit(store: Store, draft: (take: () => string) => Promise<Change>): Promise<void> {
  const { directory, manifest: before } = store;
  if (store.fault)
    throw new Error(`Cannot write to index ${directory}: an earlier write failed; open it again`, {
      cause: store.fault,
    });
  await store.claim.assertHeld();
  const take = () => fileName(store.nextFile++);
  try {
    const { lists: changed, ...change } = await draft(take);
    const lists = { ...store.lists, ...changed };
    const files: { [Kind in ListKind]?: List | undefined } = {};
    for (const kind of ['tombstones', 'changes', 'failures'] as const)
      if (lists[kind] !== store.lists[kind]) files[kind] = await writeList(directory, kind, take, lists);
    const after = { ...before, ...change, ...files, version: before.version + 1, nextFile: store.nextFile };
    await store.claim.assertHeld();
    await commitManifest(directory, after);
    Object.assign(store, { manifest: after, lists });
  } catch (error) {
    await undo(store, error);
    throw error;
  }
  await deleteReplaced(directory, before, store.manifest);
}

async function undo(store: Store, error: unknown): Promise<void> {
  const { directory, manifest } = store;
  const current = await findManifest(directory).catch(() => undefined);
  if (current && isSameVersion(current, manifest)) await collectLeftovers(directory, manifest).catch(() => {});
  else store.fault = error;
}
