import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const extensions = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i;

/** A picture's path, and whether it was named itself rather than found in a folder. */
export type FoundPicture = { path: string; isNamed: boolean };

/**
 * The named files, and the pictures in the named folders and their subfolders in the order of their names. Hidden
 * folders are passed over, and links to folders in a folder, which might lead round in a circle.
 * @param skip is told of a folder that cannot be read and of a link that leads nowhere, and the rest is found all the same; without it
 *   they are thrown
 * @throws Error on a path where nothing is
 */
export async function findPictures(
  paths: readonly string[],
  skip: (path: string, error: Error) => void = refuse,
): Promise<FoundPicture[]> {
  const found: FoundPicture[] = [];
  for (const path of paths) {
    const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new Error(`Cannot read ${path}: there is no such file or folder`) : error;
    });
    if (!status.isDirectory()) found.push({ path, isNamed: true });
    else found.push(...(await picturesIn(path, skip)));
  }
  return found;
}

function refuse(path: string, error: Error): never {
  throw new Error(`${path}: ${error.message}`, { cause: error });
}

async function picturesIn(folder: string, skip: (path: string, error: Error) => void): Promise<FoundPicture[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    skip(
      folder,
      new Error(`Cannot read the folder: ${error.code === 'EACCES' ? 'permission is denied' : error.message}`),
    );
    return [];
  });
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  const found: FoundPicture[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.')) found.push(...(await picturesIn(path, skip)));
    else if (extensions.test(entry.name) && (entry.isFile() || (await isLinkToFile(path, entry, skip))))
      found.push({ path, isNamed: false });
  }
  return found;
}

async function isLinkToFile(path: string, entry: Dirent, skip: (path: string, error: Error) => void): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  const status = await stat(path).catch(() => undefined);
  if (!status) skip(path, new Error('Cannot read the picture: it is a link to what is not there'));
  return status?.isFile() ?? false;
}
