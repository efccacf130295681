import { PNG } from 'pngjs';
import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { checkPixels } from './limits.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** Kinds of pixels, as the header's colour type says. */
const grey = 0;
const colour = 2;
const palette = 3;
const greyAlpha = 4;

/**
 * Decodes a PNG into the mode that Pillow gives it: bilevel `1`, 16-bit grey `I;16`, palette `P`; other depths in 8 bits.
 * @throws ImageError on a damaged file
 */
export function decodePng(bytes: Uint8Array): { image: Image; exif: Uint8Array | undefined } {
  const { width, height, depth, type, clean, exif } = readChunks(bytes);
  checkPixels(width, height);
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
    if (type === palette) return { ...size, mode: 'P', ...indexColours(samples) };
    if (type === grey && depth === 16) {
      return {
        ...size,
        mode: 'I;16',
        data: Uint16Array.from({ length: width * height }, (_, i) => samples[4 * i] as number),
      };
    }
    if (type === grey)
      return { ...size, mode: depth === 1 ? '1' : 'L', data: pick([0], (value) => (value * 255) / (2 ** depth - 1)) };
    if (type === greyAlpha) return { ...size, mode: 'LA', data: pick([0, 3], to8Bits) };
    if (type === colour) return { ...size, mode: 'RGB', data: pick([0, 1, 2], to8Bits) };
    return { ...size, mode: 'RGBA', data: pick([0, 1, 2, 3], to8Bits) };
  };
  return { image: make(), exif };
}

/**
 * Reads the header and rebuilds the file without what pngjs gets wrong: bytes after the end make it throw, and with tRNS
 * in grey and colour pictures it blackens pixels whose colour Pillow keeps.
 */
function readChunks(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  let header: { width: number; height: number; depth: number; type: number } | undefined;
  let exif: Uint8Array | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) break;
    if (name === 'IHDR' && length >= 13) {
      header = {
        width: view.getUint32(at + 8),
        height: view.getUint32(at + 12),
        depth: bytes[at + 16] as number,
        type: bytes[at + 17] as number,
      };
    }
    if (name === 'eXIf') exif = bytes.subarray(at + 8, end - 4);
    const isWrongThere = name === 'tRNS' && (header?.type === grey || header?.type === colour);
    if (!isWrongThere) kept.push(bytes.subarray(at, end));
    if (name === 'IEND') {
      if (!header) break;
      return { ...header, exif, clean: Buffer.concat(kept) };
    }
    at = end;
  }
  throw new ImageError('Cannot read PNG: the file ends early; it may not have been downloaded whole');
}

function decodeSamples(bytes: Buffer): Uint8Array | Uint16Array {
  try {
    return PNG.sync.read(bytes, { skipRescale: true } as Parameters<typeof PNG.sync.read>[1]).data;
  } catch (error) {
    throw new ImageError(`Cannot read PNG: ${(error as Error).message}`);
  }
}

/** pngjs gives a palette picture's colours; a palette of those colours is as good as the file's. */
function indexColours(samples: Uint8Array | Uint16Array): Pick<Image, 'data' | 'palette'> {
  const indices = new Map<number, number>();
  const data = new Uint8Array(samples.length / 4);
  const colours = new Uint8Array(256 * 4);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const rgba = samples.subarray(4 * pixel, 4 * pixel + 4);
    const [r = 0, g = 0, b = 0, a = 0] = rgba;
    const key = ((r * 256 + g) * 256 + b) * 256 + a;
    let index = indices.get(key);
    if (index === undefined) {
      index = indices.size;
      indices.set(key, index);
      colours.set(rgba, 4 * index);
    }
    data[pixel] = index;
  }
  return { data, palette: colours.slice(0, 4 * indices.size) };
}
