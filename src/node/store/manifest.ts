import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { orUndefined, writeFileAtomically } from '../files.ts';
import { type Manifest, manifestName } from './layout.ts';
import { damaged, IndexError } from './store-errors.ts';

/**
 * The version of a store that counts now.
 * @throws {IndexError} where there is no store, it is damaged, or a newer program wrote it
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const manifest = await findManifest(directory);
  if (manifest) return manifest;
  const message = `there is no ${manifestName}; check the path, or make an index with \`clip-tfjs index DIR --store ${directory}\``;
  throw new IndexError(`Cannot open index ${directory}: ${message}`, directory);
}

/** The same, or undefined where there is no store. */
export async function findManifest(directory: string): Promise<Manifest | undefined> {
  const text = await orUndefined(readFile(join(directory, manifestName), 'utf8'));
  return text === undefined ? undefined : parseManifest(directory, text);
}

/** Makes a version the one that counts. When this resolves it is on the disk. */
export async function commitManifest(directory: string, manifest: Manifest): Promise<void> {
  const sealed = { ...manifest, crc32: checksum(manifest) };
  await writeFileAtomically(join(directory, manifestName), `${JSON.stringify(sealed, null, 1)}\n`);
}

/** Of the compact JSON of all but the checksum itself, keys in the order of the file. */
const checksum = (manifest: object): number => crc32(JSON.stringify(manifest));

function parseManifest(directory: string, text: string): Manifest {
  const refuse = (fault: string, cause?: unknown): never => {
    throw damaged(directory, manifestName, fault, cause);
  };
  let parsed: Manifest & { crc32?: unknown };
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return refuse(text.trim() === '' ? 'it is empty' : 'it is cut short or no JSON', error);
  }
  if (typeof parsed !== 'object' || parsed === null || !('store' in parsed)) return refuse('it is of no index');
  if (typeof parsed.format === 'number' && parsed.format > 1) {
    const message = `its format is ${parsed.format}, and this version reads format 1; update clip-tfjs`;
    throw new IndexError(`Cannot open index ${directory}: ${message}`, directory);
  }
  const { crc32: expected, ...manifest } = parsed;
  if (checksum(manifest) !== expected) return refuse('its checksum is wrong: it was changed after it was written');
  const names = [...manifest.shards, manifest.tombstones, manifest.changes, manifest.failures];
  if (!names.every((file) => file === undefined || /^\d{6,}$/.test(file.name))) return refuse('a file name is none');
  return manifest;
}
