import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { type Decoded, decodeByMozjpeg, decodeBySharp, decodePrintColours } from './jpeg-decoders.ts';
import { checkPixels, mostPixels } from './limits.ts';

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a JPEG as Pillow does, by mozjpeg: grey as `L`, else `RGB`. Print colours (CMYK) it does not know; those come from
 * jpeg-js, already converted to RGB and up to a few levels off.
 * @param most pixels that are allowed
 * @throws ImageError on a damaged or truncated file
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  most: number = mostPixels,
): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  const { width, height, components, exif, isWhole } = readMarkers(bytes);
  checkPixels(width, height, most);
  if (!isWhole) throw new ImageError('Cannot read JPEG: the file ends early; it may not have been downloaded whole');
  const decoded =
    components === 4
      ? decodePrintColours(bytes)
      : ((await decodeBySharp(bytes, components)) ?? (await decodeByMozjpeg(bytes)));
  if (decoded.data.length !== decoded.channels * width * height)
    throw new ImageError('Cannot read JPEG: its data do not fill the picture');
  const mode = components === 1 ? 'L' : 'RGB';
  return { image: { width, height, mode, data: keepChannels(decoded, mode === 'L' ? 1 : 3) }, exif };
}

/** The first channels of each pixel. */
function keepChannels({ data, channels }: Decoded, wanted: number): Uint8Array {
  if (channels === wanted) return new Uint8Array(data);
  const kept = new Uint8Array((data.length / channels) * wanted);
  for (let from = 0, to = 0; to < kept.length; from += channels, to += wanted) {
    kept[to] = data[from] as number;
    if (wanted === 1) continue;
    kept[to + 1] = data[from + 1] as number;
    kept[to + 2] = data[from + 2] as number;
  }
  return kept;
}

/** Walks over the markers: frame size, EXIF, and whether the end marker is there. */
function readMarkers(bytes: Uint8Array) {
  const word = (at: number) => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  let frame: { width: number; height: number; components: number } | undefined;
  let exif: Uint8Array | undefined;
  let isWhole = false;
  for (let at = 2; at + 2 <= bytes.length; ) {
    if (bytes[at] !== 0xff) {
      at = bytes.indexOf(0xff, at); // behind entropy-coded data, or filling between segments
      if (at < 0) break;
    }
    const marker = bytes[at + 1] as number;
    if (marker === 0xd9) {
      isWhole = true;
      break;
    }
    const isBare = marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (isBare || marker === 0xff) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && at + 10 <= bytes.length)
      frame = { height: word(at + 5), width: word(at + 7), components: bytes[at + 9] as number };
    const content = bytes.subarray(at + 4, at + 2 + word(at + 2));
    if (marker === 0xe1 && String.fromCharCode(...content.subarray(0, 6)) === 'Exif\0\0') exif ??= content.subarray(6);
    at += 2 + word(at + 2);
  }
  if (!frame) throw new ImageError('Cannot read JPEG: it has no frame; it may not have been downloaded whole');
  return { ...frame, exif, isWhole };
}
