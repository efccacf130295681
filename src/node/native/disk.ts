import { lstat, readdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { megabytes } from './report.ts';

/** @returns the bytes of all files below a path; 0 where there is none */
export async function sizeOf(path: string): Promise<number> {
  const status = await lstat(path).catch(() => undefined);
  if (!status?.isDirectory()) return status?.size ?? 0;
  let sum = 0;
  for (const name of await readdir(path)) sum += await sizeOf(join(path, name));
  return sum;
}

/** Bytes that can still be written to the disk of a directory that is there. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** @throws Error where the disk of a directory, which need not be there yet, has less than so many bytes free */
export async function assertSpace(directory: string, needed: number): Promise<void> {
  const free = await freeBytes(dirname(directory));
  if (free >= needed) return;
  throw new Error(
    `Cannot install into ${directory}: expected ${megabytes(needed)} free on its disk but got ${megabytes(free)}; free some, or name a directory of another disk in CLIP_TFJS_NATIVE`,
  );
}
