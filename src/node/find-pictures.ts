import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const extensions = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i;

/** A picture's path, and whether it was named itself rather than found in a folder. */
export type FoundPicture = { path: string; isNamed: boolean };

/**
 * The named files, and the pictures in the named folders and their subfolders in the order of their names. Hidden
 * folders are passed over.
 * @throws Error on a path where nothing is
 */
export async function findPictures(paths: readonly string[]): Promise<FoundPicture[]> {
  const found: FoundPicture[] = [];
  for (const path of paths) {
    const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new Error(`Cannot read ${path}: there is no such file or folder`) : error;
    });
    if (!status.isDirectory()) found.push({ path, isNamed: true });
    else found.push(...(await picturesIn(path)));
  }
  return found;
}

async function picturesIn(folder: string): Promise<FoundPicture[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  const found: FoundPicture[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.')) found.push(...(await picturesIn(path)));
    else if (entry.isFile() && extensions.test(entry.name)) found.push({ path, isNamed: false });
  }
  return found;
}
