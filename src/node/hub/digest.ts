import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * What the hub says a file's content is, and what the cache calls it: SHA-256 for the large ones (Git LFS), else Git's name of a blob,
 * SHA-1 of `blob`, the size and the content.
 */
export type Digest = { algorithm: 'sha256' | 'git-sha1'; hex: string };

/** Reads an ETag of the hub: 64 hexadecimal digits or 40. @returns undefined where it is neither */
export function digestOfEtag(etag: string | null): Digest | undefined {
  const hex = etag?.replace(/^W\//, '').replaceAll('"', '');
  if (hex && /^[0-9a-f]{64}$/.test(hex)) return { algorithm: 'sha256', hex };
  if (hex && /^[0-9a-f]{40}$/.test(hex)) return { algorithm: 'git-sha1', hex };
  return undefined;
}

/** Begins to hash a content of so many bytes. */
export function beginHash({ algorithm }: Pick<Digest, 'algorithm'>, size: number): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Feeds the first bytes of a file into a hash. */
export async function hashFile(path: string, hash: Hash, bytes: number): Promise<void> {
  if (bytes === 0) return;
  await pipeline(createReadStream(path, { end: bytes - 1, highWaterMark: 2 ** 20 }), async (chunks) => {
    for await (const chunk of chunks) hash.update(chunk as Uint8Array);
  });
}

/** Whether a file of the right size has the right content. */
export async function hasDigest(path: string, digest: Digest, size: number): Promise<boolean> {
  const hash = beginHash(digest, size);
  await hashFile(path, hash, size);
  return hash.digest('hex') === digest.hex;
}
