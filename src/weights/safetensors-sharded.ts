import { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';
import type { TensorInfo } from './safetensors-header.ts';
import { type Cursor, expectEnd, peek, readNumber, readObject, readString, skipValue } from './safetensors-json.ts';
import { fileOf, openSafetensors, type SafetensorsFile, tensorNamed } from './safetensors-read.ts';
import type { ByteSource } from './safetensors-source.ts';

/** The limit of Hugging Face's own clients. */
const MAX_SHARDS = 10_000;

/** What a `model.safetensors.index.json` says: the shard of each tensor, and the bytes of all tensors, if it tells. */
type ShardIndex = { readonly shardOf: ReadonlyMap<string, string>; readonly totalSize: number | undefined };

/**
 * Opens a model that is split over several files. Every shard is opened and its header checked against the index before the promise
 * resolves; tensors are read when they are asked for. The metadata is that of all shards together; where they disagree, the first in
 * the order of file names counts.
 * @param indexJson the text of `model.safetensors.index.json`
 * @param openShard opens a file of the index's folder; the name is relative, and checked: it cannot lead out of that folder
 * @throws {SafetensorsError} when index and shards do not agree to the tensor and to the byte
 */
export async function openShardedSafetensors(
  indexJson: string,
  openShard: (fileName: string) => Promise<ByteSource>,
): Promise<SafetensorsFile> {
  const index = parseIndex(indexJson);
  const fileNames = [...new Set(index.shardOf.values())].sort();
  if (fileNames.length > MAX_SHARDS)
    refuse('TooManyShards', `expected at most ${MAX_SHARDS} shards but got ${fileNames.length}`);
  for (const fileName of fileNames) checkFileName(fileName);
  const shards = new Map<string, SafetensorsFile>();
  const close = async (): Promise<void> => {
    await Promise.all([...shards.values()].map((shard) => shard.close()));
  };
  try {
    for (const fileName of fileNames) shards.set(fileName, await openOne(fileName, openShard));
    const tensors = checkAgainstIndex(index, shards);
    const metadata = new Map([...shards.values()].reverse().flatMap((shard) => [...shard.metadata]));
    const readRaw = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
      tensorNamed(tensors, name);
      return await shards.get(index.shardOf.get(name)!)!.readRaw(name);
    };
    return fileOf(tensors, metadata, readRaw, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOne(
  fileName: string,
  openShard: (fileName: string) => Promise<ByteSource>,
): Promise<SafetensorsFile> {
  let source: ByteSource;
  try {
    source = await openShard(fileName);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SafetensorsError('MissingShard', `Cannot open shard '${fileName}': ${reason}; download it again`, {
      cause,
    });
  }
  try {
    return await openSafetensors(source);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new SafetensorsError(error.code, `Cannot open shard '${fileName}': ${error.message}`, { cause: error });
  }
}

/** Each listed tensor is in the shard that the index names, no other tensor is anywhere, and the sizes add up. */
function checkAgainstIndex(
  { shardOf, totalSize }: ShardIndex,
  shards: Map<string, SafetensorsFile>,
): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  let size = 0;
  for (const [name, fileName] of shardOf) {
    const tensor = shards.get(fileName)!.tensors.get(name);
    if (!tensor) return refuse('TensorNotInShard', `tensor '${name}' is not in '${fileName}', where the index has it`);
    tensors.set(name, tensor);
    size += tensor.end - tensor.begin;
  }
  for (const [fileName, shard] of shards) {
    for (const name of shard.tensors.keys()) {
      const listed = shardOf.get(name);
      if (listed === fileName) continue;
      refuse(
        'UnlistedTensor',
        `'${fileName}' has tensor '${name}', which the index has ${listed ? `in '${listed}'` : 'nowhere'}`,
      );
    }
  }
  if (totalSize !== undefined && totalSize !== size) {
    refuse('TotalSizeMismatch', `expected ${totalSize} bytes of tensors (metadata.total_size) but got ${size}`);
  }
  return tensors;
}

/** Reads the index with the strict JSON reader: a tensor listed twice is an error, not the last one's shard. */
function parseIndex(text: string): ShardIndex {
  const cursor: Cursor = { text, at: 0, code: 'InvalidIndex', action: 'Cannot read safetensors index' };
  const shardOf = new Map<string, string>();
  let totalSize: number | undefined;
  let listed = false;
  readObject(cursor, (key) => {
    if (key === 'weight_map') {
      if (listed) refuse('InvalidIndex', "'weight_map' is there twice");
      listed = true;
      readObject(cursor, (name) => {
        if (shardOf.has(name)) refuse('InvalidIndex', `tensor '${name}' is listed twice`);
        shardOf.set(name, readString(cursor));
      });
    } else if (key === 'metadata' && peek(cursor) === '{') {
      readObject(cursor, (entry) => {
        if (entry === 'total_size') totalSize = Number(readNumber(cursor));
        else skipValue(cursor, 2);
      });
    } else skipValue(cursor, 1);
  });
  expectEnd(cursor);
  if (shardOf.size === 0)
    refuse('InvalidIndex', "it lists no tensors: expected 'weight_map', an object of tensor name to file name");
  return { shardOf, totalSize };
}

/** A shard's name is a relative path in the index's folder under POSIX and Windows rules alike, with the format's extension. */
function checkFileName(fileName: string): void {
  if (!fileName.endsWith('.safetensors')) {
    refuse('InvalidShardName', `the shard ${JSON.stringify(fileName)} does not end in '.safetensors'`);
  }
  const safe = !/[\\:\p{Cc}]/u.test(fileName) && fileName.split('/').every((part) => !['', '.', '..'].includes(part));
  if (safe) return;
  refuse(
    'InvalidShardName',
    `the shard ${JSON.stringify(fileName)} is not a plain relative path; the index is not to be trusted`,
  );
}

function refuse(code: SafetensorsErrorCode, message: string): never {
  throw new SafetensorsError(code, `Cannot read safetensors index: ${message}`);
}
