import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { orient } from '../../image/orient.ts';
import { decodeInWorker } from './decode-in-worker.ts';
import { readOrientation } from './exif.ts';
import { decodeJpeg, isJpeg } from './jpeg.ts';
import { maxBytes, mostPixels } from './limits.ts';
import { decodeOther, formatByMagic } from './other-formats.ts';
import { decodePng, isPng } from './png.ts';

export type ReadImageOptions = {
  /** Turns the picture as its EXIF orientation says. Off by default: OpenAI's preprocessing passes over it. */
  exifRotate?: boolean;
  /** Decodes in a worker thread and gives up after so many milliseconds: for files from strangers. */
  timeLimit?: number;
  /** Pixels from which on a picture is refused, by its header; by default twice Pillow's MAX_IMAGE_PIXELS. Not with `timeLimit`. */
  largest?: number;
};

/**
 * Reads a picture: PNG and JPEG, and with the optional package sharp WebP, AVIF, GIF (first frame) and TIFF. The format is
 * told by the content, not by the name. The mode is kept as Pillow names it.
 * @param source a path or the file's bytes
 * @throws ImageError on what is no picture, is damaged, too large, or needs sharp
 */
export async function readImage(
  source: string | URL | Uint8Array,
  { exifRotate = false, timeLimit, largest = mostPixels }: ReadImageOptions = {},
): Promise<Image> {
  const file = source instanceof URL ? fileURLToPath(source) : source;
  if (timeLimit !== undefined) return decodeInWorker(file, exifRotate, timeLimit);
  if (typeof file !== 'string') return decode(file, exifRotate, largest);
  try {
    return await decode(await readBytes(file), exifRotate, largest);
  } catch (error) {
    if (error instanceof ImageError) error.message = `${error.message} (${file})`;
    throw error;
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw new ImageError(`Cannot read image: the file has ${size} bytes, more than ${maxBytes}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function decode(bytes: Uint8Array, exifRotate: boolean, most: number): Promise<Image> {
  const { image, exif } = await decodeByContent(bytes, most);
  return exifRotate ? orient(image, readOrientation(exif)) : image;
}

async function decodeByContent(
  bytes: Uint8Array,
  most: number,
): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  if (isPng(bytes)) return decodePng(bytes, most);
  if (isJpeg(bytes)) return decodeJpeg(bytes, most);
  const other = formatByMagic(bytes);
  if (other) return decodeOther(bytes, other, most);
  const found = bytes.length === 0 ? 'the file is empty' : 'the content is none of these';
  throw new ImageError(`Cannot read image: expected PNG or JPEG (with sharp WebP, AVIF, GIF, TIFF), but ${found}`);
}
