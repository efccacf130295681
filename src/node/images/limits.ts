import { announce } from '../../announce.ts';
import { ImageError } from '../../errors.ts';

/** Pillow's MAX_IMAGE_PIXELS: a picture above it is announced, one above twice as many is refused. */
const manyPixels = 89_478_485;

/** Larger files are not read: 512 MiB. */
export const maxBytes: number = 2 ** 29;

/** Above that many pixels a picture is refused. */
export const mostPixels: number = 2 * manyPixels;

/**
 * Called with the size that a header claims, before any decoder runs.
 * @param most pixels that are allowed
 * @throws ImageError
 */
export function checkPixels(width: number, height: number, most: number = mostPixels): void {
  if (!(width > 0 && height > 0))
    throw new ImageError(`Cannot read image: its header says ${width} x ${height} pixels`);
  const pixels = width * height;
  if (pixels > most) {
    throw new ImageError(
      `Cannot read image: ${width} x ${height} are ${pixels} pixels, more than ${most}; it may be a decompression bomb`,
    );
  }
  if (pixels > manyPixels) announce(`an image of ${width} x ${height} is large enough to be a decompression bomb`);
}
