import { access, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sizeOf } from './disk.ts';
import { whileLocked } from './lock.ts';
import { partialDirectory, places } from './where.ts';

/**
 * Removes what is installed, and what stopped installations left.
 * @returns the bytes that are free now; 0 where nothing was there
 * @throws Error where the directory is not one that an installation made
 */
export async function removeNative(directory: string): Promise<number> {
  if ((await findAll(directory)).length === 0) return 0;
  return whileLocked(directory, async () => {
    let freed = 0;
    for (const path of await findAll(directory)) {
      if (path === directory) await assertOurs(directory);
      freed += await sizeOf(path);
      await rm(path, { recursive: true });
    }
    return freed;
  });
}

/** The directory, the partial one, and old ones that a crash kept from being removed. */
async function findAll(directory: string): Promise<string[]> {
  const parent = dirname(directory);
  const name = basename(directory);
  const names = await readdir(parent).catch(() => []);
  const isOurs = (entry: string) =>
    entry === name || entry === basename(partialDirectory(directory)) || entry.startsWith(`${name}.old-`);
  return names.filter(isOurs).map((entry) => join(parent, entry));
}

async function assertOurs(directory: string): Promise<void> {
  try {
    await access(join(directory, places.manifest));
  } catch {
    if ((await readdir(directory)).length === 0) return;
    throw new Error(
      `Cannot remove ${directory}: it has no ${places.manifest}, so clip-tfjs did not make it; remove it yourself if you mean to`,
    );
  }
}
