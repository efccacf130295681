import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** @returns the bytes of all files below a path; 0 where there is none */
export async function sizeOf(path: string): Promise<number> {
  const status = await lstat(path).catch(() => undefined);
  if (!status?.isDirectory()) return status?.size ?? 0;
  let sum = 0;
  for (const name of await readdir(path)) sum += await sizeOf(join(path, name));
  return sum;
}
