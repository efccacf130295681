import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { announce } from '../announce.ts';
import { encodeSafetensors, openSafetensors } from '../weights/safetensors.ts';
import { fileSource, sha256, writeFileAtomically } from './files.ts';

/** Directions of classes by the digest of their prompts, and the files that they are in. */
export type EnsembleBlocks = { rows: Map<string, Float32Array>; files: string[] };

/** A temporary file that is this old, in milliseconds, was left by a process that was killed. */
const abandoned = 3_600_000;

/**
 * Reads every block of a directory: a safetensors file with `weights` [classes, embedDim], the classes' digests and the tensor's
 * own in its metadata. What is damaged is announced and removed, so that its classes are computed again.
 */
export async function readBlocks(directory: string, embedDim: number): Promise<EnsembleBlocks> {
  const names = await readdir(directory).catch(() => []);
  const rows = new Map<string, Float32Array>();
  const files: string[] = [];
  for (const name of names) {
    const path = join(directory, name);
    if (name.endsWith('.tmp')) await removeAbandoned(path);
    if (!name.endsWith('.safetensors')) continue;
    try {
      for (const [digest, row] of await readBlock(path, embedDim)) rows.set(digest, row);
      files.push(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue; // another process has just merged it
      announce(`${path} is damaged (${(error as Error).message}); its classes are embedded anew`);
      await rm(path, { force: true });
    }
  }
  return { rows, files };
}

/** Writes a block, whole or not at all. @returns its path */
export async function writeBlock(directory: string, rows: ReadonlyMap<string, Float32Array>): Promise<string> {
  const digests = [...rows.keys()];
  const embedDim = rows.get(digests[0] as string)?.length ?? 0;
  const values = new Float32Array(digests.length * embedDim);
  for (const [index, row] of [...rows.values()].entries()) values.set(row, index * embedDim);
  const path = join(directory, `${sha256(digests.join()).slice(0, 16)}.safetensors`);
  const tensors = new Map([['weights', { dtype: 'F32', shape: [digests.length, embedDim], data: values }]] as const);
  const metadata = new Map([
    ['classes', JSON.stringify(digests)],
    ['sha256', sha256(bytesOf(values))],
  ]);
  await writeFileAtomically(path, encodeSafetensors(tensors, metadata));
  return path;
}

async function readBlock(path: string, embedDim: number): Promise<[digest: string, row: Float32Array][]> {
  const file = await openSafetensors(await fileSource(path));
  try {
    const values = await file.readFloat32('weights');
    if (sha256(bytesOf(values)) !== file.metadata.get('sha256')) throw new Error('its hash does not fit');
    const digests = JSON.parse(file.metadata.get('classes') ?? '[]') as string[];
    if (digests.length * embedDim !== values.length) throw new Error('its size does not fit');
    return digests.map((digest, index) => [digest, values.slice(index * embedDim, (index + 1) * embedDim)]);
  } finally {
    await file.close();
  }
}

async function removeAbandoned(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status && Date.now() - status.mtimeMs > abandoned) await rm(path, { force: true });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
