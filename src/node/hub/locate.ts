import { readdir } from 'node:fs/promises';
import { publishedArchitectures } from '../../config.ts';
import { ModelError } from '../../errors.ts';
import { orUndefined } from '../files.ts';
import { readRef, repositoryDirectory, sizeOf, snapshotPath } from './cache.ts';
import { findPublished, namesInShort, type Published } from './catalogue.ts';
import { hubCache } from './hub.ts';
import { readPin } from './pin.ts';

/** A published model as it lies in the cache. */
export type LocatedModel = {
  published: Published;
  /** The snapshot: a directory that loadClip opens. */
  directory: string;
  /** Whether its hashes were checked by `pull`; else another program has put it there. */
  isPinned: boolean;
};

/**
 * Finds a published model in the cache; asks no server.
 * @returns undefined where the name is no published one
 * @throws ModelError where it is one and has not been pulled, or is not whole any more
 */
export async function locatePublished(name: string, cache: string = hubCache()): Promise<LocatedModel | undefined> {
  const published = findPublished(name);
  if (!published) {
    if (!(name in publishedArchitectures)) return undefined;
    throw new ModelError(
      `Cannot load ${name}: that architecture was published with several weights; name one of ${namesInShort()}`,
    );
  }
  const { repository, revision } = published;
  const directory = repositoryDirectory(cache, repository);
  const pin = await readPin(directory, revision);
  if (pin) {
    for (const { name: file, size } of pin.files) {
      const found = await sizeOf(snapshotPath(directory, pin.commit, file));
      if (found === size) continue;
      const state = found === undefined ? 'is not there any more' : `has ${found} bytes`;
      throw new ModelError(
        `Cannot load ${name}: expected ${file} of ${size} bytes, as pulled, but it ${state}; run 'clip-tfjs pull ${name}' again`,
      );
    }
    return { published, directory: snapshotPath(directory, pin.commit), isPinned: true };
  }
  const commit = await readRef(directory, revision);
  const snapshot = commit === undefined ? undefined : snapshotPath(directory, commit);
  if (snapshot !== undefined && (await orUndefined(readdir(snapshot))) !== undefined)
    return { published, directory: snapshot, isPinned: false };
  throw notPulled(published, name, cache);
}

/** @param name as the user spelt it */
export function notPulled({ revision }: Published, name: string, cache: string): ModelError {
  const at = revision === 'main' || name.includes('@') ? '' : ` at revision ${revision}`;
  return new ModelError(
    `Cannot load ${name}: '${name}' is a published name, and its files${at} are not in ${cache}; run 'clip-tfjs pull ${name}' where there is a network`,
  );
}
