import { SafetensorsError } from './safetensors-error.ts';
import type { TensorInfo } from './safetensors-header.ts';
import { findTensor, openSafetensors, readers, type SafetensorsFile } from './safetensors-read.ts';
import type { ByteSource } from './safetensors-source.ts';

const maxShards = 10_000;

/**
 * Opens a model in several files, described by a `model.safetensors.index.json`. Every header is read and compared with
 * the index before the promise resolves: each tensor stands in exactly the named file, none is unlisted, the sizes add up.
 * @param openShard opens a file beside the index; throws where it is missing
 * @throws SafetensorsError, with code InvalidIndex where the index and the files disagree
 */
export async function openShardedSafetensors(
  indexJson: string,
  openShard: (fileName: string) => Promise<ByteSource>,
): Promise<SafetensorsFile> {
  const { weightMap, totalSize } = parseIndex(indexJson);
  const fileNames = [...new Set(weightMap.values())];
  if (fileNames.length > maxShards) fail(`${fileNames.length} files are more than ${maxShards}`);
  for (const fileName of fileNames) checkFileName(fileName);
  const shards = new Map<string, SafetensorsFile>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const fileName of fileNames) shards.set(fileName, await openSafetensors(await openShard(fileName)));
    const tensors = mergeTensors(weightMap, shards, totalSize);
    const shardOf = (name: string) => shards.get(weightMap.get(name) as string) as SafetensorsFile;
    const readRaw = async (name: string) => shardOf(findTensor(tensors, name).name).readRaw(name);
    const metadata = shards.get(fileNames[0] as string)?.metadata ?? new Map<string, string>();
    return { tensors, metadata, ...readers(tensors, readRaw), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function parseIndex(indexJson: string): { weightMap: Map<string, string>; totalSize: unknown } {
  let index: { weight_map?: unknown; metadata?: { total_size?: unknown } } | null;
  try {
    index = JSON.parse(indexJson) as typeof index;
  } catch (error) {
    fail(`it is not JSON (${(error as Error).message})`);
  }
  const map = index?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) fail('expected weight_map to be an object');
  const weightMap = new Map<string, string>();
  for (const [name, fileName] of Object.entries(map)) {
    if (typeof fileName !== 'string') fail(`expected a file name for '${name}' but got ${JSON.stringify(fileName)}`);
    weightMap.set(name, fileName);
  }
  return { weightMap, totalSize: index?.metadata?.total_size };
}

/** A file beside the index, under POSIX's and Windows' rules: no folder, no drive, no way up. */
function checkFileName(fileName: string): void {
  if (/[/\\:]|\p{Cc}/u.test(fileName)) fail(`'${fileName}' is not the name of a file beside it`);
  if (!fileName.endsWith('.safetensors')) fail(`'${fileName}' is not a .safetensors file`);
}

function mergeTensors(
  weightMap: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsFile>,
  totalSize: unknown,
): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  let bytes = 0;
  for (const [fileName, shard] of shards) {
    for (const [name, info] of shard.tensors) {
      const listed = weightMap.get(name);
      if (listed === undefined) fail(`'${name}' of ${fileName} is not listed`);
      if (listed !== fileName) fail(`'${name}' stands in ${fileName} but is listed in ${listed}`);
      tensors.set(name, info);
      bytes += info.end - info.begin;
    }
  }
  for (const [name, fileName] of weightMap)
    if (!tensors.has(name)) fail(`'${name}' is listed in ${fileName} but is not there`);
  if (totalSize !== undefined && totalSize !== bytes)
    fail(`total_size is ${JSON.stringify(totalSize)} but the tensors have ${bytes} bytes`);
  return tensors;
}

function fail(reason: string): never {
  throw new SafetensorsError('InvalidIndex', `Cannot open sharded safetensors: index and files disagree: ${reason}`);
}
