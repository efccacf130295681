import { readFile, stat } from 'node:fs/promises';
import { ImageError } from '../../errors.ts';
import { maxBytes } from '../images/limits.ts';
import type { FilePair } from '../pairs.ts';
import { pictureOf } from '../picture-of.ts';

/** Where a pair's picture is: what is needed of the pair to read it, in this thread or in another. */
export type PictureSource = Pick<FilePair, 'image' | 'bytes'>;

export function pictureSource({ image, bytes }: FilePair): PictureSource {
  return bytes ? { image, bytes } : { image };
}

/** The bytes of a picture. @throws ImageError on a file that is too large to be read, Error where it is not there */
export async function pictureBytes(source: PictureSource): Promise<Uint8Array> {
  const picture = await pictureOf(source);
  if (typeof picture !== 'string') return picture;
  const { size } = await stat(picture);
  if (size > maxBytes) throw new ImageError(`Cannot read image: the file has ${size} bytes, more than ${maxBytes}`);
  return readFile(picture);
}
