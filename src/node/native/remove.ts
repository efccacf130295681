import { existsSync } from 'node:fs';
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

/** @returns directories that were replaced, and that a crash kept from being removed */
export async function findOld(directory: string): Promise<string[]> {
  const names = await readdir(dirname(directory)).catch(() => []);
  const start = `${basename(directory)}.old-`;
  return names.filter((name) => name.startsWith(start)).map((name) => join(dirname(directory), name));
}

async function findAll(directory: string): Promise<string[]> {
  const paths = [directory, partialDirectory(directory)].filter((path) => existsSync(path));
  return [...paths, ...(await findOld(directory))];
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
