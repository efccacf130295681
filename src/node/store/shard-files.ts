import { crc32 } from 'node:zlib';
import type { Entry } from '../../search/entry.ts';
import type { Matrix } from '../../search/matrix.ts';
import { type ByteSource, encodeSafetensors, openSafetensors, type TensorData } from '../../weights/safetensors.ts';
import { fileSource, writeFilesAtomically } from '../files.ts';
import { decodeLines, encodeLines } from './json-lines.ts';
import { embeddingsFile, entriesFile, pathOf, type Shard, shardFolder } from './layout.ts';
import { damaged } from './store-errors.ts';

/** Rows with what is known of them, as a shard has them. */
export type Rows = { readonly entries: readonly Entry[]; readonly matrix: Matrix };

/** Writes both files of a shard, of one row at least, to the disk. */
export async function writeShard(directory: string, name: string, { entries, matrix }: Rows): Promise<Shard> {
  const { rows, embedDim } = matrix;
  const tensors = new Map<string, TensorData>([
    ['embeddings', { dtype: 'F32', shape: [entries.length, embedDim], data: rows }],
  ]);
  const lines = encodeLines(entries);
  await writeFilesAtomically(pathOf(directory, ''), [
    [embeddingsFile(name), encodeSafetensors(tensors)],
    [entriesFile(name), [lines]],
  ]);
  const embeddingsCrc32 = crc32(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  return { name, rows: entries.length, firstId: entries[0]!.id, embeddingsCrc32, entriesCrc32: crc32(lines) };
}

/** A shard whose files are held open: it can be read even after it was merged away and deleted. */
export type OpenShard = { readonly shard: Shard; readonly embeddings: ByteSource; readonly entries: ByteSource };

/** @throws the system's ENOENT where a merge has deleted it */
export async function openShard(directory: string, shard: Shard): Promise<OpenShard> {
  const entries = await fileSource(pathOf(directory, entriesFile(shard.name)));
  try {
    return { shard, entries, embeddings: await fileSource(pathOf(directory, embeddingsFile(shard.name))) };
  } catch (error) {
    await entries.close?.();
    throw error;
  }
}

export async function closeShard({ embeddings, entries }: OpenShard): Promise<void> {
  await embeddings.close?.();
  await entries.close?.();
}

/**
 * All of a shard, checked against its checksums. The rows are views of what was read: no copy.
 * @throws {IndexError} where a file is damaged
 */
export async function readShard(directory: string, open: OpenShard, embedDim: number): Promise<Rows> {
  const entries = await readEntries(directory, open);
  return { entries, matrix: { rows: await readEmbeddings(directory, open, embedDim), embedDim } };
}

/** @throws {IndexError} where the file is damaged */
export async function readEntries(directory: string, { shard, entries }: OpenShard): Promise<Entry[]> {
  const file = `${shardFolder}/${entriesFile(shard.name)}`;
  const bytes = await entries.read(0, entries.size);
  const found = parseChecked<Entry>(directory, file, bytes, shard.entriesCrc32);
  if (found.length !== shard.rows) throw damaged(directory, file, `it has ${found.length} rows, not ${shard.rows}`);
  return found;
}

/** The values of a JSONL file. @throws {IndexError} where its checksum is another */
export function parseChecked<T>(directory: string, file: string, bytes: Uint8Array, expected: number): T[] {
  if (crc32(bytes) !== expected) throw damaged(directory, file, 'its checksum is wrong');
  return decodeLines<T>(bytes);
}

async function readEmbeddings(
  directory: string,
  { shard, embeddings }: OpenShard,
  embedDim: number,
): Promise<Float32Array> {
  const refuse = (fault: string, cause?: unknown): never => {
    throw damaged(directory, `${shardFolder}/${embeddingsFile(shard.name)}`, fault, cause);
  };
  const source = { size: embeddings.size, read: embeddings.read }; // closed by whoever opened it
  const file = await openSafetensors(source).catch((error) => refuse(error.message, error));
  const { dtype, shape } = file.tensors.get('embeddings') ?? refuse('it has no tensor `embeddings`');
  if (dtype !== 'F32' || shape[0] !== shard.rows || shape[1] !== embedDim || shape.length !== 2)
    refuse(`expected F32 [${shard.rows}, ${embedDim}] but it has ${dtype} [${shape.join(', ')}]`);
  const bytes = await file.readRaw('embeddings');
  if (crc32(bytes) !== shard.embeddingsCrc32) refuse('its checksum is wrong');
  return new Float32Array(bytes.buffer);
}
