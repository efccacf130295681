import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const reasons: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder is not there',
  ENOTDIR: 'what should be its folder is a file',
  EEXIST: 'a file is in its place',
  EISDIR: 'a folder is in its place',
  ENOSPC: 'no space is left',
};

/** What the system says of a path, in words: `Cannot write to PATH: REASON`. What is no error of the system stays as it is. */
export function writeFault(path: string, error: unknown): Error {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error as Error;
  return new Error(`Cannot write to ${path}: ${reasons[code] ?? (error as Error).message}`, { cause: error });
}

/**
 * Makes a directory and what is missing above it. (Node's own `recursive` never ends where a file system, such as /proc,
 * says of a directory in it that it is not there and cannot be made.)
 * @returns what was made, the outermost first
 * @throws Error where it cannot be made
 */
export async function makeDirectory(path: string): Promise<string[]> {
  const status = await statOf(path);
  if (status?.isDirectory()) return [];
  if (status) throw new Error(`Cannot write to ${path}: it is a file, not a folder`);
  const above = dirname(resolve(path));
  const made = await makeDirectory(above);
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw writeFault(path, error); // another process may have been faster
  });
  return [...made, path];
}

/** Takes directories away again, the innermost first, as far as they are empty. */
export async function removeDirectories(made: readonly string[]): Promise<void> {
  for (const path of made.toReversed()) await rmdir(path).catch(() => {});
}

/**
 * Tries whether a file can be written, atomically, without touching what is there: before work that takes long.
 * @throws Error where its folder is not there or not writable, or something that is no file has its name
 */
export async function assertFileWritable(path: string): Promise<void> {
  const status = await statOf(path);
  if (status && !status.isFile()) throw new Error(`Cannot write to ${path}: it is no ordinary file`);
  if (!(await statOf(dirname(path)))) throw new Error(`Cannot write to ${path}: there is no folder ${dirname(path)}`);
  await tryFolder(dirname(path), path);
}

/**
 * Tries whether a directory can be written to, or made; it is not made yet.
 * @throws Error where it cannot
 */
export async function assertDirectoryWritable(path: string): Promise<void> {
  let above = resolve(path);
  while (!(await statOf(above)) && dirname(above) !== above) above = dirname(above);
  if (!(await statOf(above))?.isDirectory())
    throw new Error(`Cannot write to ${path}: ${above === resolve(path) ? 'it' : above} is a file, not a folder`);
  await tryFolder(above, path);
}

/** Writes an empty file into a folder and removes it: permissions alone do not tell. */
async function tryFolder(folder: string, path: string): Promise<void> {
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  await writeFile(temporary, '', { flag: 'wx' }).catch((error) => {
    if (error.code === 'ENOENT') throw new Error(`Cannot write to ${path}: no file can be made in ${folder}`);
    throw writeFault(path, error);
  });
  await rm(temporary, { force: true });
}

async function statOf(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw writeFault(path, error);
  });
}
