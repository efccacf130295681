import { readdir, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { namedShards, shardsIn } from './shards/shard-files.ts';

/** What a name of pairs stands for, and the bytes that are read to look it over. */
export type FoundSource = { kind: 'table' | 'lines' | 'shards' | 'classes'; files: string[]; bytes: number };

const kinds: Record<string, FoundSource['kind']> = {
  ...{ '.csv': 'table', '.tsv': 'table', '.txt': 'table' },
  ...{ '.jsonl': 'lines', '.ndjson': 'lines' },
};

/**
 * Tells a table, lines of JSON, shards and a folder per class from each other, by their names; a folder of shards has no folders.
 * @throws Error where nothing is, SyntaxError on what is of no known kind
 */
export async function findSource(source: string): Promise<FoundSource> {
  const shards = await namedShards(source);
  if (shards) return { kind: 'shards', files: shards, bytes: await bytesOf(shards) };
  const status = await statOf(source);
  if (status.isDirectory()) {
    const entries = await readdir(source, { withFileTypes: true });
    const hasFolders = entries.some((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    const inside = hasFolders ? [] : await shardsIn(source);
    if (inside.length > 0) return { kind: 'shards', files: inside, bytes: await bytesOf(inside) };
    return { kind: 'classes', files: [source], bytes: 0 };
  }
  const kind = kinds[extname(source).toLowerCase()];
  if (kind) return { kind, files: [source], bytes: status.size };
  throw new SyntaxError(
    `Cannot read ${source}: expected a name that ends in .csv, .tsv, .txt, .jsonl, .ndjson or .tar, or a folder of .tar files or with a folder per class`,
  );
}

async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await statOf(file)).size;
  return bytes;
}

async function statOf(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`Cannot read ${path}: there is no such file or folder`) : error;
  });
}
