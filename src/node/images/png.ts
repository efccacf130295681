import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { checkPixels, mostPixels } from './limits.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** Kinds of pixels, as the header's colour type says. */
const grey = 0;
const colour = 2;
const palette = 3;
const greyAlpha = 4;

/** Values per pixel of each colour type. */
const samplesPerPixel: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Decodes a PNG into the mode that Pillow gives it: bilevel `1`, 16-bit grey `I;16`, palette `P`; other depths in 8 bits.
 * @param most pixels that are allowed
 * @throws ImageError on a damaged file
 */
export function decodePng(
  bytes: Uint8Array,
  most: number = mostPixels,
): { image: Image; exif: Uint8Array | undefined } {
  const { width, height, depth, type, colours, exif, clean } = readChunks(bytes, most);
  const samples = decodeSamples(clean); // 4 values per pixel, not scaled
  const pick = (offsets: readonly number[], scale: (value: number) => number) => {
    const data = new Uint8Array(width * height * offsets.length);
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / offsets.length);
      data[i] = scale(samples[4 * pixel + (offsets[i % offsets.length] as number)] as number);
    }
    return data;
  };
  const to8Bits = depth === 16 ? (value: number) => value >> 8 : (value: number) => value; // libpng drops the low byte
  const size = { width, height };
  const make = (): Image => {
    if (type === palette) return { ...size, mode: 'P', data: pick([0], (index) => index), palette: colours };
    if (type === grey && depth === 16) {
      return {
        ...size,
        mode: 'I;16',
        data: Uint16Array.from({ length: width * height }, (_, i) => samples[4 * i] as number),
      };
    }
    if (type === grey)
      return { ...size, mode: depth === 1 ? '1' : 'L', data: pick([0], (value) => (value * 255) / (2 ** depth - 1)) };
    if (type === greyAlpha && depth === 8) return { ...size, mode: 'LA', data: pick([0, 3], to8Bits) };
    if (type === colour) return { ...size, mode: 'RGB', data: pick([0, 1, 2], to8Bits) };
    return { ...size, mode: 'RGBA', data: pick([0, 1, 2, 3], to8Bits) };
  };
  return { image: make(), exif };
}

/**
 * Reads the header and the palette, and rebuilds the file for what pngjs is good at, without what it gets wrong: bytes
 * after the end make it throw, and with tRNS it blackens pixels whose colour Pillow keeps. A palette picture is handed on
 * as a grey one, whose levels are the indices.
 */
function readChunks(bytes: Uint8Array, most: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const colours = new Uint8Array(4 * 256);
  let hasColours = false;
  let packedBytes = 0;
  let header: { width: number; height: number; depth: number; type: number } | undefined;
  let exif: Uint8Array | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const content = bytes.subarray(at + 8, end - 4);
    if (name === 'IHDR' && length >= 13) {
      const [depth = 0, type = 0] = content.subarray(8);
      header = { width: view.getUint32(at + 8), height: view.getUint32(at + 12), depth, type };
      checkPixels(header.width, header.height, most);
    }
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw new ImageError(`Cannot read PNG: the checksum of its chunk ${name} is wrong`);
    if (name === 'PLTE') {
      hasColours = length > 0;
      for (let i = 0; i < Math.min(256, length / 3); i++)
        colours.set([...content.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    }
    if (name === 'tRNS') for (let i = 0; i < Math.min(256, length); i++) colours[4 * i + 3] = content[i] as number;
    if (name === 'eXIf') exif = content;
    if (name === 'IDAT') packedBytes += length;
    if (name === 'IHDR' && header?.type === palette) kept.push(greyHeader(bytes.subarray(at, end)));
    else if (name !== 'tRNS' && name !== 'PLTE') kept.push(bytes.subarray(at, end));
    if (name === 'IEND') {
      if (!header) break;
      if (header.type === palette && !hasColours) throw new ImageError('Cannot read PNG: its palette is missing');
      const { width, height, depth, type } = header;
      const bits = width * height * depth * (samplesPerPixel[type] ?? 0);
      if (bits / 8 > 1032 * packedBytes)
        // deflate never packs more tightly; found out now, before the memory is taken
        throw new ImageError('Cannot read PNG: its data do not fill the picture');
      return { ...header, colours, exif, clean: Buffer.concat(kept) };
    }
    at = end;
  }
  throw new ImageError('Cannot read PNG: the file ends early; it may not have been downloaded whole');
}

/** The same IHDR chunk, whole, but of a grey picture. */
function greyHeader(chunk: Uint8Array): Uint8Array {
  const changed = new Uint8Array(chunk);
  changed[17] = grey;
  new DataView(changed.buffer).setUint32(21, crc32(changed.subarray(4, 21)));
  return changed;
}

function decodeSamples(bytes: Buffer): Uint8Array | Uint16Array {
  try {
    return PNG.sync.read(bytes, { skipRescale: true } as Parameters<typeof PNG.sync.read>[1]).data;
  } catch (error) {
    throw new ImageError(`Cannot read PNG: ${(error as Error).message}`);
  }
}
