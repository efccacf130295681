import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { asPalettePicture } from './gif-palette.ts';
import { checkPixels, mostPixels } from './limits.ts';

/** Formats that the optional package sharp decodes, by their first bytes. SVG is not among them: it can refer to files. */
export function formatByMagic(bytes: Uint8Array): string | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'WebP';
  if (text(0, 4) === 'GIF8') return 'GIF';
  if (text(0, 4) === 'II*\0' || text(0, 4) === 'MM\0*') return 'TIFF';
  if (text(4, 8) === 'ftyp' && /avi[fs]/.test(text(8, 32))) return 'AVIF';
  return undefined;
}

/**
 * @param most pixels that are allowed
 * @throws ImageError on a damaged file, or where sharp is not installed
 */
export async function decodeOther(
  bytes: Uint8Array,
  format: string,
  most: number = mostPixels,
): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  const { default: sharp } = await import('sharp').catch(() => {
    throw new ImageError(
      `Cannot read ${format}: the package sharp decodes it and is not installed; run npm install sharp`,
    );
  });
  try {
    const source = sharp(bytes, { limitInputPixels: false, ignoreIcc: true });
    const { width = 0, height = 0, space, exif } = await source.metadata();
    checkPixels(width, height, most);
    const isGrey = space === 'b-w' && format === 'TIFF';
    const plain = isGrey ? source.toColourspace('b-w') : source.toColourspace('srgb');
    const { data, info } = await plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const mode = ({ 1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA' } as const)[info.channels as 1 | 2 | 3 | 4];
    const decoded: Image = { width: info.width, height: info.height, mode, data: new Uint8Array(data) };
    const image = format === 'GIF' ? asPalettePicture(decoded, bytes) : decoded;
    const hasMarker = exif && String.fromCharCode(...exif.subarray(0, 6)) === 'Exif\0\0';
    return { image, exif: hasMarker ? exif.subarray(6) : exif };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`Cannot read ${format}: ${(error as Error).message}`);
  }
}
