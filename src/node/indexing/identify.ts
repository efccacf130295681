import type { Entry } from '../../search/entry.ts';
import { contentHash } from '../content-hash.ts';
import { inOrder } from '../workers/in-order.ts';
import { type FileStatus, statusOf } from './walk.ts';

/** What a file turns out to be once its content is hashed. `own` is the entry of its path. */
export type Identified =
  | { kind: 'same'; status: FileStatus; own: Entry }
  | { kind: 'renamed'; status: FileStatus; moved: Entry; own: Entry | undefined }
  | { kind: 'new'; status: FileStatus; hash: string; own: Entry | undefined }
  | { kind: 'unreadable'; status: FileStatus; error: Error };

/** Files that are hashed at the same time. */
const atOnce = 4;

/**
 * Hashes files and says of each, in their order, whether it is what its path was before, what another path was that is gone
 * (a rename costs nothing), or has to be embedded.
 * @param entries of the index
 * @param files what the walk has found
 */
export async function* identifyFiles(
  candidates: readonly FileStatus[],
  entries: readonly Entry[],
  files: ReadonlyMap<string, FileStatus>,
): AsyncGenerator<Identified, void, undefined> {
  const byPath = new Map<string, Entry>(entries.map((entry) => [entry.path, entry]));
  /** Those whose file the walk has not found; it may be in a folder that was not walked. */
  const byHash = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (files.has(entry.path)) continue;
    const others = byHash.get(entry.hash);
    if (others) others.push(entry);
    else byHash.set(entry.hash, [entry]);
  }
  const taken = new Set<number>();
  /** An entry of that content whose file is not there any more. */
  const findMoved = async (hash: string): Promise<Entry | undefined> => {
    for (const entry of byHash.get(hash) ?? []) {
      if (taken.has(entry.id) || entry.path === '' || (await statusOf(entry.path))) continue;
      taken.add(entry.id);
      return entry;
    }
    return undefined;
  };
  const hashOf = async (status: FileStatus) => {
    const hash = await contentHash(status.path).catch((error: Error) => error);
    return { status, hash };
  };
  for await (const { status, hash } of inOrder(candidates, atOnce, hashOf)) {
    const own = byPath.get(status.path);
    if (hash instanceof Error) yield { kind: 'unreadable', status, error: hash };
    else if (own?.hash === hash) yield { kind: 'same', status, own };
    else {
      const moved = await findMoved(hash);
      yield moved ? { kind: 'renamed', status, moved, own } : { kind: 'new', status, hash, own };
    }
  }
}
