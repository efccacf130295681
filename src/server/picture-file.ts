import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import type { Entry } from '../search/entry.ts';
import { magicBytes, pictureType } from './content-type.ts';
import { Refusal } from './refusal.ts';

/** The file of an entry, open for reading. The caller closes it. */
export type PictureFile = { path: string; type: string; size: number; modified: number; handle: FileHandle };

/**
 * Finds the file of an entry, wherever links lead, and opens it: a file inside the folders that were indexed, which is a
 * picture by its content.
 * @param roots the folders
 * @throws Refusal (404, 403, 415)
 */
export async function openPicture({ path: name, id }: Entry, roots: readonly string[]): Promise<PictureFile> {
  const path = await locate(name, roots);
  if (path === undefined) throw new Refusal(404, 'gone', `Cannot show picture ${id}: its file is not there any more`);
  if (!(await isInside(path, roots)))
    throw new Refusal(403, 'outside', `Cannot show picture ${id}: its file is not in the folders that were indexed`);
  if (!(await lstat(path)).isFile())
    throw new Refusal(404, 'gone', `Cannot show picture ${id}: it is no file any more`);
  // Not through a link that was put there since, and without waiting where a pipe was
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const { size, mtimeMs: modified } = await handle.stat();
    const start = new Uint8Array(magicBytes);
    const { bytesRead } = await handle.read(start, 0, magicBytes, 0);
    const type = pictureType(start.subarray(0, bytesRead));
    if (type === undefined)
      throw new Refusal(415, 'no_picture', `Cannot show picture ${id}: its file is not a picture any more`);
    return { path, type, size, modified, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @returns the real path; undefined where nothing is */
async function locate(name: string, roots: readonly string[]): Promise<string | undefined> {
  for (const path of isAbsolute(name) ? [name] : roots.map((root) => join(root, name))) {
    const found = await realpath(path).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function isInside(path: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) {
    const folder = await realpath(root).catch(() => undefined);
    if (folder === undefined) continue;
    const below = relative(folder, path);
    if (below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)) return true;
  }
  return false;
}

/** How a picture is named to people: by its path in the folder that was indexed; with that folder's name where there are several. */
export function shownPath(path: string, roots: readonly string[]): string {
  if (!isAbsolute(path)) return path;
  for (const root of roots) {
    const below = relative(root, path);
    if (below !== '' && !below.startsWith('..') && !isAbsolute(below))
      return join(roots.length > 1 ? basename(root) : '', below)
        .split(sep)
        .join('/');
  }
  return path;
}
