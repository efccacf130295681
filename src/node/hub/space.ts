import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orUndefined } from '../files.ts';
import { byteSize } from './byte-size.ts';
import { blobPath, sizeOf } from './cache.ts';
import type { Hub } from './hub.ts';
import type { RemoteFile } from './listing.ts';
import { partialPath } from './partial-path.ts';

/**
 * Looks whether there is room for files before a byte of them comes.
 * @param directory of the repository in the cache
 * @throws Error where the disk has too little for what is missing of them
 */
export async function assertSpace(hub: Hub, directory: string, files: Iterable<RemoteFile>): Promise<void> {
  let missing = 0;
  for (const { digest, size } of files) {
    const blob = blobPath(directory, digest);
    if ((await sizeOf(blob)) !== size) missing += size - Math.min(size, (await sizeOf(partialPath(blob))) ?? 0);
  }
  if (missing === 0) return;
  const free = await hub.freeBytes(await nearest(directory));
  if (free >= missing) return;
  throw new Error(
    `Cannot download: expected ${byteSize(missing)} free on the disk of ${directory} but got ${byteSize(free)}; free some, or name a directory of another disk in HF_HUB_CACHE`,
  );
}

/** The directory itself, or the one above it that is there. */
async function nearest(directory: string): Promise<string> {
  const isThere = (await orUndefined(stat(directory))) !== undefined;
  return isThere ? directory : nearest(dirname(directory));
}
