import { join } from 'node:path';
import type { IndexHeader } from '../../search/search-index.ts';

/**
 * A store is a directory (see docs/index-store.md):
 *
 *     manifest.json                   what counts; renamed into place, so that each version is there whole or not at all
 *     shards/000001.safetensors       embeddings: F32 [rows, embedDim], unit vectors
 *     shards/000001.jsonl             an entry per row, in the same order, ids ascending
 *     shards/000007.tombstones.jsonl  ids of rows that were removed and are still in a shard
 *     shards/000008.changes.jsonl     entries that go before those of the same id in a shard
 *     shards/000009.failures.jsonl    files that could not be read
 *     writer.json, writer.lock/       whose turn it is to write; absent while nobody does
 *
 * Nothing but manifest.json is ever changed: a number is given to one file, once. What the manifest does not name does not
 * count: it was left by a writer that was killed, and the next writer deletes it.
 */
export const manifestName = 'manifest.json';
export const shardFolder = 'shards';
export const claimName = 'writer.json';
export const guardName = 'writer.lock';

/** Rows that were appended, or merged, together. */
export type Shard = {
  /** `000001`: of both files. */
  readonly name: string;
  readonly rows: number;
  /** The lowest of its ids; all are below the first of the next shard. */
  readonly firstId: number;
  /** CRC-32 of the tensor's bytes and of the JSONL file. */
  readonly embeddingsCrc32: number;
  readonly entriesCrc32: number;
};

/** A file beside the shards, replaced whole where it changes. */
export type List = { readonly name: string; readonly count: number; readonly crc32: number };

export type ListKind = 'tombstones' | 'changes' | 'failures';

/** One version of a store. */
export type Manifest = {
  readonly format: 1;
  /** A UUID: tells a store from one that was made anew in its place. */
  readonly store: string;
  /** Counts the commits. */
  readonly version: number;
  readonly header: IndexHeader;
  readonly nextId: number;
  readonly nextFile: number;
  readonly shards: readonly Shard[];
  readonly tombstones?: List | undefined;
  readonly changes?: List | undefined;
  readonly failures?: List | undefined;
};

/** Bytes of embeddings in a shard at most: what merging and shard-wise reading hold in memory. 32,768 rows of 512 values. */
const largestShard = 2 ** 26;

/** Rows that a shard holds at most. */
export function rowsPerShard(embedDim: number): number {
  return Math.max(1, Math.floor(largestShard / (embedDim * Float32Array.BYTES_PER_ELEMENT)));
}

export const fileName = (file: number): string => String(file).padStart(6, '0');
export const embeddingsFile = (name: string): string => `${name}.safetensors`;
export const entriesFile = (name: string): string => `${name}.jsonl`;
export const listFile = (kind: ListKind, name: string): string => `${name}.${kind}.jsonl`;
export const pathOf = (directory: string, file: string): string => join(directory, shardFolder, file);

/** Names of what is in the folder of shards as far as the manifest knows. */
export function namedFiles(manifest: Manifest): Set<string> {
  const kinds = ['tombstones', 'changes', 'failures'] as const;
  return new Set([
    ...manifest.shards.flatMap(({ name }) => [embeddingsFile(name), entriesFile(name)]),
    ...kinds.flatMap((kind) => {
      const list = manifest[kind];
      return list ? [listFile(kind, list.name)] : [];
    }),
  ]);
}

/** Whether both are the same version of the same store. */
export const isSameVersion = (a: Manifest, b: Manifest): boolean => a.store === b.store && a.version === b.version;
