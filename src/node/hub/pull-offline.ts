import { readdir, readlink } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { ModelError } from '../../errors.ts';
import { fileSource, orUndefined } from '../files.ts';
import type { Report } from '../native/report.ts';
import { readRef, repositoryDirectory, sizeOf, snapshotPath } from './cache.ts';
import type { Published } from './catalogue.ts';
import { beginHash, type Digest, digestOfEtag, hasDigest, hashFile } from './digest.ts';
import type { Hub } from './hub.ts';
import { notPulled } from './locate.ts';
import { findNeeded } from './needed-files.ts';
import { type PinnedFile, readPin, writePin } from './pin.ts';
import type { Pulled } from './pulled.ts';

/**
 * Checks a model that is in the cache without asking a server. One that was pulled is compared with its pin; one that another program put
 * there is opened, hashed against the names of its blobs, which are the hub's hashes, and pinned.
 * @throws ModelError where it is not there, not whole or damaged
 */
export async function pullOffline(
  hub: Hub,
  published: Published,
  name: string,
  verify: boolean,
  report: Report,
): Promise<Pulled> {
  const { repository, revision } = published;
  const directory = repositoryDirectory(hub.cache, repository);
  const pin = await readPin(directory, revision);
  const commit = pin?.commit ?? (await readRef(directory, revision));
  const there = commit === undefined ? undefined : await listSnapshot(snapshotPath(directory, commit));
  if (commit === undefined || there === undefined) throw notPulled(published, name, hub.cache);
  report.step(`${name}: ${repository} at ${commit}, offline`);
  const files = pin?.files ?? (await describeSnapshot(directory, commit, published, there));
  for (const file of files) await checkFile(directory, commit, file, verify || !pin, name, report);
  if (!pin) await writePin(directory, { repository, revision, commit, files });
  return { name, repository, revision, commit, directory: snapshotPath(directory, commit), files, received: 0 };
}

async function listSnapshot(snapshot: string): Promise<Set<string> | undefined> {
  const entries = await orUndefined(readdir(snapshot, { recursive: true, withFileTypes: true }));
  return (
    entries &&
    new Set(
      entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(snapshot, join(entry.parentPath, entry.name)).split(sep).join('/')),
    )
  );
}

/** The files that the model is made of. */
async function describeSnapshot(
  directory: string,
  commit: string,
  published: Published,
  there: ReadonlySet<string>,
): Promise<PinnedFile[]> {
  const open = (name: string) => fileSource(snapshotPath(directory, commit, name));
  const { names } = await findNeeded(published, (name) => there.has(name), open);
  const files: PinnedFile[] = [];
  for (const name of names) {
    const path = snapshotPath(directory, commit, name);
    const size = (await sizeOf(path)) ?? 0;
    files.push({ name, size, digest: await digestByLink(path, size) });
  }
  return files;
}

/** What a link's blob is called is its hash; where there are no links (Windows), the hash of what is there is taken. */
async function digestByLink(path: string, size: number): Promise<Digest> {
  const named = digestOfEtag(basename((await orUndefined(readlink(path))) ?? '') || null);
  if (named) return named;
  const hash = beginHash({ algorithm: 'sha256' }, size);
  await hashFile(path, hash, size);
  return { algorithm: 'sha256', hex: hash.digest('hex') };
}

async function checkFile(
  directory: string,
  commit: string,
  { name: file, size, digest }: PinnedFile,
  verify: boolean,
  name: string,
  report: Report,
): Promise<void> {
  const path = snapshotPath(directory, commit, file);
  const found = await sizeOf(path);
  if (verify && found === size) report.step(`checking ${file}`);
  if (found === size && (!verify || (await hasDigest(path, digest, size)))) return;
  const got = found === undefined ? 'it is not there' : found === size ? 'its content is another' : `it has ${found}`;
  throw new ModelError(
    `Cannot use ${name} in ${directory}: expected ${file} of ${size} bytes with ${digest.algorithm} ${digest.hex} but ${got}; run 'clip-tfjs pull ${name}' where there is a network`,
  );
}
