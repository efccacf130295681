import { readFile, stat } from 'node:fs/promises';
import { ImageError } from '../../errors.ts';
import { maxBytes } from '../images/limits.ts';
import type { FilePair } from '../pairs.ts';

/** Where a pair's picture is: what is needed of the pair to read it, in this thread or in another. */
export type PictureSource = Pick<FilePair, 'image'>;

export function pictureSource({ image }: FilePair): PictureSource {
  return { image };
}

/** The bytes of a picture. @throws ImageError on a file that is too large to be read, Error where it is not there */
export async function pictureBytes({ image }: PictureSource): Promise<Uint8Array> {
  const { size } = await stat(image);
  if (size > maxBytes) throw new ImageError(`Cannot read image: the file has ${size} bytes, more than ${maxBytes}`);
  return readFile(image);
}
