import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import decodeMozjpeg, { init } from '@jsquash/jpeg/decode.js';
import jpegJs from 'jpeg-js';
import { ImageError } from '../../errors.ts';
import type { Image } from '../../image/image.ts';
import { checkPixels } from './limits.ts';

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a JPEG as Pillow does, by mozjpeg in WebAssembly: grey as `L`, else `RGB`. Print colours (CMYK) it does not
 * know; those come from jpeg-js, already converted to RGB and up to a few levels off.
 * @throws ImageError on a damaged or truncated file
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<{ image: Image; exif: Uint8Array | undefined }> {
  const { width, height, components, exif, isWhole } = readMarkers(bytes);
  checkPixels(width, height);
  if (!isWhole) throw new ImageError('Cannot read JPEG: the file ends early; it may not have been downloaded whole');
  const rgba = components === 4 ? decodePrintColours(bytes) : await decodeWhole(bytes);
  if (rgba.length !== 4 * width * height) throw new ImageError('Cannot read JPEG: its data do not fill the picture');
  const channels = components === 1 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let from = 0, to = 0; to < data.length; from += 4, to += channels) {
    data[to] = rgba[from] as number;
    if (channels === 1) continue;
    data[to + 1] = rgba[from + 1] as number;
    data[to + 2] = rgba[from + 2] as number;
  }
  return { image: { width, height, mode: channels === 1 ? 'L' : 'RGB', data }, exif };
}

let ready: Promise<unknown> | undefined;

async function decodeWhole(bytes: Uint8Array): Promise<Uint8ClampedArray> {
  ready ??= loadCodec();
  await ready;
  try {
    const { data } = await decodeMozjpeg(new Uint8Array(bytes).buffer);
    return data;
  } catch (error) {
    ready = undefined; // the codec has stopped for good: the next picture gets a new one
    throw new ImageError(`Cannot read JPEG: the decoder says ${(error as Error).message || String(error)}`);
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;

async function loadCodec(): Promise<void> {
  compiled ??= compileCodec();
  const start = init as (wasm: WebAssembly.Module, options: object) => Promise<void>; // its types know one argument only
  await start(await compiled, { print: () => {}, printErr: () => {} });
}

async function compileCodec(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  return WebAssembly.compile(await readFile(path));
}

function decodePrintColours(bytes: Uint8Array): Uint8Array {
  try {
    return jpegJs.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: 179,
      maxMemoryUsageInMB: 4096,
    }).data;
  } catch (error) {
    throw new ImageError(`Cannot read JPEG: ${(error as Error).message}`);
  }
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
