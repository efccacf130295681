import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../files.ts';
import { arriving } from './arriving.ts';
import { byteSize } from './byte-size.ts';
import { sizeOf } from './cache.ts';
import { beginHash, hashFile } from './digest.ts';
import type { Hub } from './hub.ts';
import { HubError } from './hub-error.ts';
import type { RemoteFile } from './listing.ts';
import { partialPath } from './partial-path.ts';
import { forgetEtag } from './resume-etag.ts';

export type TransferOptions = {
  signal?: AbortSignal | undefined;
  /** Hears how many bytes are there, those of an earlier run included. */
  onBytes?: (done: number) => void;
  /** Throws where another process has taken the lock: called before the file gets its name. */
  assertLocked?: () => void;
};

/**
 * Brings a file to a path, whole and with the right hash or not at all. Cut off, it asks for the missing bytes alone, in this run and in
 * the next; the file that it asks is told by the commit in its address and by If-Range.
 * @returns the bytes that came over the network
 * @throws HubError as `arriving` does, and on a wrong hash; Error where the disk is full
 */
export async function transfer(
  hub: Hub,
  file: RemoteFile,
  path: string,
  { signal, onBytes = () => {}, assertLocked = () => {} }: TransferOptions = {},
): Promise<number> {
  const { url, size, digest } = file;
  const partial = partialPath(path);
  const found = await sizeOf(partial);
  let done = found !== undefined && found <= size ? found : 0;
  let hash = beginHash(digest, size);
  await hashFile(partial, hash, done);
  onBytes(done);
  let received = 0;
  const handle = await open(partial, found === undefined ? 'w' : 'r+');
  try {
    for await (const { position, bytes } of arriving(hub, file, partial, done, signal)) {
      if (position !== done) hash = beginHash(digest, size);
      await writeAt(handle, bytes, position, url);
      hash.update(bytes);
      done = position + bytes.length;
      received += bytes.length;
      onBytes(done);
    }
    await handle.truncate(size);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const got = hash.digest('hex');
  if (got !== digest.hex) {
    await rm(partial, { force: true });
    await forgetEtag(partial);
    throw new HubError(
      `Cannot download ${url.href}: expected ${digest.algorithm} ${digest.hex} but got ${got}: it was damaged on the way, and is not kept; run the command again`,
    );
  }
  assertLocked();
  await rename(partial, path);
  await forgetEtag(partial);
  await syncDirectory(dirname(path));
  return received;
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number, url: URL): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; )
      done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new Error(
      `Cannot download ${url.href}: the disk is full after ${byteSize(position)}; free some and run the command again: what has come is kept`,
      { cause: error },
    );
  }
}
