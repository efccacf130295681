import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import encodeWasm, { init } from '@jsquash/jpeg/encode.js';
import type { Image } from '../../image/image.ts';
import { decodeJpeg } from './jpeg.ts';

/**
 * As libjpeg and Pillow do it: Annex K of the standard for the tables, colour at half the resolution. The same quality then has
 * the same tables; mozjpeg still drops a few more coefficients where that saves bytes, so the picture is a little worse.
 */
const likeLibjpeg = { baseline: true, progressive: false, quant_table: 0, auto_subsample: false, chroma_subsample: 2 };

let ready: Promise<void> | undefined;

/**
 * A picture of mode RGB as the bytes of a JPEG file.
 * @param quality 1 to 100, on libjpeg's scale
 */
export async function encodeJpeg({ width, height, data }: Image, quality: number): Promise<Uint8Array> {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) rgba.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  ready ??= startCodec();
  await ready;
  const picture = { width, height, data: rgba, colorSpace: 'srgb' } as ImageData;
  return new Uint8Array(await encodeWasm(picture, { ...likeLibjpeg, quality }));
}

/** A picture of mode RGB as it comes back from a JPEG file of this quality. */
export async function recompressJpeg(image: Image, quality: number): Promise<Image> {
  return (await decodeJpeg(await encodeJpeg(image, quality))).image;
}

async function startCodec(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm');
  const start = init as (wasm: WebAssembly.Module) => Promise<void>; // its types know no module
  await start(await WebAssembly.compile(await readFile(path)));
}
