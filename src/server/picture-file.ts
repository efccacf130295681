import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Entry } from '../search/entry.ts';
import { magicBytes, pictureType } from './content-type.ts';
import { Refusal } from './refusal.ts';

/** The file of an entry, open for reading. The caller closes it. */
export type PictureFile = { path: string; type: string; size: number; modified: number; handle: FileHandle };

/**
 * Finds the file of an entry, wherever links lead, and opens it: a file inside the folders that were indexed, which is a
 * picture by its content. The picture of a caption lies in the folder where the caption's table said.
 * @param roots the folders; none in an index of captions
 * @throws Refusal (404, 403, 415)
 */
export async function openPicture(entry: Entry, roots: readonly string[]): Promise<PictureFile> {
  const { id } = entry;
  const folders = foldersOf(entry, roots);
  const path = await locate(entry.path, folders);
  if (path === undefined) throw new Refusal(404, 'gone', `Cannot show picture ${id}: its file is not there any more`);
  if (!(await isInside(path, folders)))
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

/**
 * The folders that the file of an entry has to be in. A caption's picture may lie anywhere, for whoever made the index named that very file;
 * but a link that has been put in its place since may not lead elsewhere.
 */
function foldersOf({ path, caption }: Entry, roots: readonly string[]): readonly string[] {
  return roots.length === 0 && caption !== undefined && isAbsolute(path) ? [dirname(path)] : roots;
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
