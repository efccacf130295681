import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import decodeWasm, { init } from '@jsquash/jpeg/decode.js';
import jpegJs from 'jpeg-js';
import type { Sharp, SharpOptions } from 'sharp';
import { ImageError } from '../../errors.ts';

/** A decoder's pixels: 1 channel of grey, or red, green, blue and perhaps an opaque alpha. */
export type Decoded = { data: Uint8Array | Uint8ClampedArray; channels: number };

type MakeSharp = (bytes: Uint8Array, options: SharpOptions) => Sharp;

let sharp: Promise<MakeSharp | undefined> | undefined;

/**
 * By the optional package sharp: the same pixels as from `decodeByMozjpeg` in half the time. Profiles are not applied.
 * @param components 1 or 3, as the file's frame says
 * @returns undefined where sharp is not installed or does not take the file
 */
export async function decodeBySharp(bytes: Uint8Array, components: number): Promise<Decoded | undefined> {
  sharp ??= import('sharp').then(
    (module) => module.default,
    () => undefined,
  );
  const make = await sharp;
  if (!make) return undefined;
  try {
    const source = make(bytes, { limitInputPixels: false, failOn: 'none', ignoreIcc: true });
    const { data, info } = await source
      .toColourspace(components === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, channels: info.channels };
  } catch {
    return undefined;
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;
let ready: Promise<void> | undefined;

/** By mozjpeg in WebAssembly. @throws ImageError on a damaged file */
export async function decodeByMozjpeg(bytes: Uint8Array): Promise<Decoded> {
  ready ??= startCodec();
  await ready;
  try {
    const { data } = await decodeWasm(new Uint8Array(bytes).buffer);
    return { data, channels: 4 };
  } catch (error) {
    ready = undefined; // the codec has stopped for good: the next picture gets a new one
    throw new ImageError(`Cannot read JPEG: the decoder says ${(error as Error).message || String(error)}`);
  }
}

async function startCodec(): Promise<void> {
  compiled ??= compileCodec();
  const start = init as (wasm: WebAssembly.Module, options: object) => Promise<void>; // its types know one argument only
  await start(await compiled, { print: () => {}, printErr: () => {} });
}

async function compileCodec(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  return WebAssembly.compile(await readFile(path));
}

/** Print colours (CMYK), converted to RGB, by jpeg-js. @throws ImageError on a damaged file */
export function decodePrintColours(bytes: Uint8Array): Decoded {
  try {
    const { data } = jpegJs.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: 179,
      maxMemoryUsageInMB: 4096,
    });
    return { data, channels: 4 };
  } catch (error) {
    throw new ImageError(`Cannot read JPEG: ${(error as Error).message}`);
  }
}
