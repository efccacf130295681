import { ImageError } from '../errors.ts';
import { fileSource } from './files.ts';
import { maxBytes } from './images/limits.ts';
import type { FilePair } from './pairs.ts';

/** For what reads files of their own alone. @throws SyntaxError on pictures that lie in shards */
export function refuseShards(source: string, pairs: readonly FilePair[]): void {
  if (pairs.some(({ bytes }) => bytes !== undefined))
    throw new SyntaxError(
      `Cannot use ${source}: expected pictures in files of their own but it has them in shards; unpack it (tar -xf)`,
    );
}

/** A pair's picture as `readImage` takes it: a path, or the bytes where it lies inside another file. */
export async function pictureOf({ image, bytes }: Pick<FilePair, 'image' | 'bytes'>): Promise<string | Uint8Array> {
  if (!bytes) return image;
  const { file, offset, size } = bytes;
  if (size > maxBytes) throw new ImageError(`Cannot read image: it has ${size} bytes, more than ${maxBytes}`);
  const source = await fileSource(file);
  try {
    return await source.read(offset, size);
  } finally {
    await source.close?.();
  }
}
