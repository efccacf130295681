import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { findPictures } from '../find-pictures.ts';
import { inOrder } from '../workers/in-order.ts';

/** What a file system says of a file; where neither has changed, its content is taken for the same. */
export type FileStatus = {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly modified: number;
  /** When anything about it was changed last, its name and rights too (ctime): as `modified`, but no program can set it. */
  readonly statusChanged: number;
};

/** A file or folder that cannot be read, and why. */
export type Unreadable = { readonly path: string; readonly reason: string };

/** What is in folders now. */
export type Walk = {
  readonly folders: readonly string[];
  /** By path, in the order of the walk; each once, also where one folder is in another. */
  readonly files: ReadonlyMap<string, FileStatus>;
  /** Folders whose pictures are not known, links that lead nowhere, and files that are there but cannot be looked at. */
  readonly unreadable: readonly Unreadable[];
};

const atOnce = 32;

/**
 * Finds the pictures of folders, as `findPictures` does, and asks for their status; none is opened.
 * @param folders absolute paths
 * @throws Error on a folder that is not there
 */
export async function walkFolders(folders: readonly string[]): Promise<Walk> {
  const unreadable: Unreadable[] = [];
  const found = await findPictures(folders, (path, { message }) => unreadable.push({ path, reason: message }));
  const files = new Map<string, FileStatus>();
  const paths = new Set(found.map(({ path }) => path));
  for await (const { path, status, reason } of inOrder(paths, atOnce, lookAt)) {
    if (status) files.set(path, status);
    else if (reason) unreadable.push({ path, reason });
  }
  return { folders, files, unreadable };
}

/** A file that was deleted since it was found has neither. */
async function lookAt(path: string): Promise<{ path: string; status?: FileStatus | undefined; reason?: string }> {
  try {
    return { path, status: await readStatus(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const refuse = (fault: string) => ({ path, reason: `Cannot read the picture: ${fault}` });
    if (code === 'EACCES') return refuse('permission is denied');
    if (code !== 'ENOENT') return refuse(message);
    // What is not UTF-8 comes from the file system as U+FFFD, and then leads nowhere
    return path.includes('\ufffd') ? refuse('its name, or that of its folder, is not UTF-8; rename it') : { path };
  }
}

/** Undefined where there is no file any more. */
export function statusOf(path: string): Promise<FileStatus | undefined> {
  return readStatus(path).catch(() => undefined);
}

async function readStatus(path: string): Promise<FileStatus | undefined> {
  const status = await stat(path);
  const { size, mtimeMs: modified, ctimeMs: statusChanged } = status;
  return status.isFile() ? { path, size, modified, statusChanged } : undefined;
}

/** Whether a path is that of a folder or of something in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
