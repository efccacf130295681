import { basename, isAbsolute, sep } from 'node:path';
import type { SearchIndex } from '../search/search-index.ts';

/**
 * How a picture is named to people, and what a filter of paths looks at: its path in the folder that was indexed, with that folder's
 * name where there are several. Where the folders lie is not told, so of a file outside of them it is the name alone.
 * @param folders absolute, as `shownFolders` has them
 */
export function shownPath(path: string, folders: readonly string[]): string {
  if (!isAbsolute(path)) return path;
  for (const folder of folders) {
    const start = folder.endsWith(sep) ? folder : folder + sep;
    if (!path.startsWith(start)) continue;
    const below = path.slice(start.length).split(sep).join('/');
    return folders.length > 1 ? `${basename(folder)}/${below}` : below;
  }
  return basename(path);
}

/** The folders that were indexed; of captions, the one in which all their pictures are. */
export function shownFolders({ header, entries }: SearchIndex): readonly string[] {
  if (header.roots.length > 0) return header.roots;
  const folder = commonFolder(entries.flatMap(({ path }) => (isAbsolute(path) ? path : [])));
  return folder === undefined ? [] : [folder];
}

/** @returns the longest folder that all paths begin with */
function commonFolder([first, ...others]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  let length = first.lastIndexOf(sep) + 1;
  for (const path of others)
    while (length > 0 && !path.startsWith(first.slice(0, length))) length = folderAbove(first, length);
  return length === 0 ? undefined : first.slice(0, length);
}

/** @param length of a part of a path that ends with a separator @returns that of the part before its last name */
function folderAbove(path: string, length: number): number {
  return length < 2 ? 0 : path.lastIndexOf(sep, length - 2) + 1;
}
