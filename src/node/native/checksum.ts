import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What a file must be: `sha256` or `sha512` and the digest in base64, as subresource integrity has it, or hexadecimal. */
export type Checksum = { algorithm: 'sha256' | 'sha512'; digest: string; encoding: 'hex' | 'base64' | 'base64url' };

export const fromIntegrity = (integrity: string): Checksum => ({
  algorithm: integrity.slice(0, 6) as 'sha256' | 'sha512',
  digest: integrity.slice(7),
  encoding: 'base64',
});

export const fromSha256 = (digest: string): Checksum => ({ algorithm: 'sha256', digest, encoding: 'hex' });

/** @returns the digest of a file, or undefined where there is no such file */
export async function digestOf(
  path: string,
  { algorithm, encoding }: Omit<Checksum, 'digest'>,
): Promise<string | undefined> {
  const hash: Hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest(encoding);
}

export async function sha256Of(path: string): Promise<string> {
  const digest = await digestOf(path, { algorithm: 'sha256', encoding: 'hex' });
  if (digest === undefined) throw new Error(`Cannot read ${path}: there is no such file`);
  return digest;
}

/** Whether a file is there and is what it must be. */
export async function matches(path: string, checksum: Checksum): Promise<boolean> {
  return (await digestOf(path, checksum)) === checksum.digest;
}
