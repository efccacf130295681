import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownCache } from './cache.ts';
import { sha256, writeFileAtomically } from './files.ts';
import { makeDirectory } from './writable.ts';

/** A hash that takes long to compute, kept on disk under what decides it. Where it cannot be kept, it is computed each time. */
export async function rememberedHash(decides: string, compute: () => Promise<string>): Promise<string> {
  const directory = join(ownCache(), 'model-hashes');
  const path = join(directory, sha256(decides));
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (/^[0-9a-f]{64}$/.test(kept)) return kept;
  const hash = await compute();
  await makeDirectory(directory)
    .then(() => writeFileAtomically(path, hash))
    .catch(() => {});
  return hash;
}
