import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Entry } from '../../search/entry.ts';
import { writeFileAtomically } from '../files.ts';
import { encodeLines } from './json-lines.ts';
import { type List, type ListKind, listFile, type Manifest, pathOf, shardFolder } from './layout.ts';
import { parseChecked } from './shard-files.ts';

/** A file that could not be read. It is tried again where its size or times have changed. */
export type Failure = {
  readonly path: string;
  readonly reason: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly statusChanged?: number;
};

/** What stands beside the shards. */
export type Lists = {
  /** Ids of rows that are in a shard and do not count. */
  readonly tombstones: ReadonlySet<number>;
  /** Entries in place of those in a shard, by id. */
  readonly changes: ReadonlyMap<number, Entry>;
  readonly failures: readonly Failure[];
};

/**
 * @throws {IndexError} where one is damaged
 * @throws the system's ENOENT where a later commit has deleted one
 */
export async function readLists(directory: string, manifest: Manifest): Promise<Lists> {
  const read = async <T>(kind: ListKind): Promise<T[]> => {
    const list = manifest[kind];
    if (!list) return [];
    const file = listFile(kind, list.name);
    return parseChecked<T>(directory, `${shardFolder}/${file}`, await readFile(pathOf(directory, file)), list.crc32);
  };
  const [tombstones, changes, failures] = await Promise.all([
    read<number>('tombstones'),
    read<Entry>('changes'),
    read<Failure>('failures'),
  ]);
  return {
    tombstones: new Set(tombstones),
    changes: new Map(changes.map((entry) => [entry.id, entry])),
    failures,
  };
}

/**
 * Writes the list of one kind; an empty one has no file.
 * @param take gives the file's name
 */
export async function writeList(
  directory: string,
  kind: ListKind,
  take: () => string,
  lists: Lists,
): Promise<List | undefined> {
  const values =
    kind === 'failures' ? lists.failures : [...(kind === 'changes' ? lists.changes : lists.tombstones).values()];
  if (values.length === 0) return undefined;
  const bytes = encodeLines(values);
  const name = take();
  await writeFileAtomically(pathOf(directory, listFile(kind, name)), [bytes]);
  return { name, count: values.length, crc32: crc32(bytes) };
}
