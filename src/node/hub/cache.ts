import { copyFile, lstat, mkdir, readFile, readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { orUndefined, writeFileAtomically } from '../files.ts';
import type { Digest } from './digest.ts';
import { checkFileName, checkRepository, checkRevision, isCommit } from './names.ts';

/**
 * A repository's directory in the cache of huggingface_hub:
 * `blobs/<hash>`, `refs/<revision>` (holds a commit), `snapshots/<commit>/<file>` (relative links to blobs).
 */
export function repositoryDirectory(cache: string, repository: string): string {
  checkRepository(repository);
  return join(cache, `models--${repository.replace('/', '--')}`);
}

export function blobPath(directory: string, { hex }: Digest): string {
  return join(directory, 'blobs', hex);
}

export function snapshotPath(directory: string, commit: string, name = '.'): string {
  if (name !== '.') checkFileName(name);
  checkRevision(commit);
  return join(directory, 'snapshots', commit, ...name.split('/'));
}

/** The commit that a revision meant when it was last asked for; undefined where it never was. */
export async function readRef(directory: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  checkRevision(revision);
  const commit = await orUndefined(readFile(join(directory, 'refs', ...revision.split('/')), 'utf8'));
  return commit !== undefined && isCommit(commit.trim()) ? commit.trim() : undefined;
}

export async function writeRef(directory: string, revision: string, commit: string): Promise<void> {
  if (isCommit(revision) || (await readRef(directory, revision)) === commit) return;
  const path = join(directory, 'refs', ...revision.split('/'));
  await makeInside(directory, dirname(path));
  await writeFileAtomically(path, commit);
}

/** Puts a blob into a snapshot: a relative link, or a copy where links are not allowed (Windows). */
export async function linkBlob(directory: string, commit: string, name: string, digest: Digest): Promise<void> {
  const path = snapshotPath(directory, commit, name);
  const blob = blobPath(directory, digest);
  const target = relative(dirname(path), blob);
  if ((await orUndefined(readlink(path))) === target) return;
  await makeInside(directory, dirname(path));
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  await rm(temporary, { force: true });
  await symlink(target, temporary).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error;
    return copyFile(blob, temporary);
  });
  await rename(temporary, path);
}

/** Makes a directory within a repository, whatever links there are. @throws Error where they lead out of the repository */
export async function makeInside(directory: string, wanted: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const root = await realpath(directory);
  let nearest = wanted;
  while ((await orUndefined(lstat(nearest))) === undefined) nearest = dirname(nearest);
  const real = await realpath(nearest);
  if (real !== root && !real.startsWith(root + sep))
    throw new Error(
      `Cannot write to ${wanted}: a link in the cache leads to ${real}, out of ${root}; remove that link`,
    );
  await mkdir(wanted, { recursive: true });
}

/** Bytes of a file; undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const status = await orUndefined(stat(path));
  return status?.isFile() ? status.size : undefined;
}
