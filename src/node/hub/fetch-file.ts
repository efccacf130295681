import { basename, dirname, join } from 'node:path';
import { announce } from '../../announce.ts';
import type { Report } from '../native/report.ts';
import { byteSize } from './byte-size.ts';
import { blobPath, linkBlob, makeInside, sizeOf, snapshotPath } from './cache.ts';
import { hasDigest } from './digest.ts';
import type { Hub } from './hub.ts';
import type { RemoteFile } from './listing.ts';
import { whileLocked } from './lock.ts';
import type { Pin } from './pin.ts';
import { transfer } from './transfer.ts';

/** One pull of one commit into the cache. */
export type Pulling = {
  hub: Hub;
  /** The repository's directory in the cache. */
  directory: string;
  commit: string;
  /** What was pulled before, whose hashes are known. */
  pin: Pin | undefined;
  /** Whether files are hashed again whose hashes are known. */
  verify: boolean;
  report: Report;
  signal: AbortSignal | undefined;
};

/**
 * Brings a file into the snapshot, unless it is there already and right. Python may have put it there: then it is hashed first.
 * @returns its path, and the bytes that came over the network
 */
export async function fetchFile(pulling: Pulling, file: RemoteFile): Promise<{ path: string; received: number }> {
  const { hub, directory, commit, signal, report } = pulling;
  const { name, digest, size } = file;
  const path = snapshotPath(directory, commit, name);
  if ((await stateOf(pulling, file, path)) === 'right') return { path, received: 0 };
  const blob = blobPath(directory, digest);
  await makeInside(directory, dirname(blob));
  const lock = join(hub.cache, '.locks', basename(directory), `${digest.hex}.clip-tfjs.lock`);
  const received = await whileLocked(lock, name, signal, async (assertLocked) => {
    const state = await stateOf(pulling, file, blob); // another process may have just fetched it, or another snapshot has it
    if (state === 'right') return 0;
    if (state === 'damaged')
      announce(`${name} in the cache is damaged: expected ${digest.algorithm} ${digest.hex}; fetching it anew`);
    report.step(`downloading ${name} (${byteSize(size)})`);
    const onBytes = (done: number) => report.bytes(done, size);
    return transfer(hub, file, blob, { signal, onBytes, assertLocked });
  });
  await linkBlob(directory, commit, name, digest);
  return { path, received };
}

/** Of a file whose hash was known when it was pulled the size is enough. */
async function stateOf(
  { pin, verify, report }: Pulling,
  { name, digest, size }: RemoteFile,
  path: string,
): Promise<'absent' | 'right' | 'damaged'> {
  const found = await sizeOf(path);
  if (found === undefined) return 'absent';
  if (found !== size) return 'damaged';
  if (!verify && pin?.files.some((pinned) => pinned.digest.hex === digest.hex)) return 'right';
  report.step(`checking ${name} in the cache (${byteSize(size)})`);
  return (await hasDigest(path, digest, size)) ? 'right' : 'damaged';
}
