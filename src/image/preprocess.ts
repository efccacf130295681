import type { PreprocessConfig } from '../config.ts';
import { assertImage, channelsOf, type Image } from './image.ts';
import { resize } from './resize.ts';
import { toRgb } from './to-rgb.ts';

/**
 * From a decoded picture to what the network takes.
 * @returns float32 [size, size, 3], row by row, normalised
 * @throws TypeError on an image whose data do not fit its size and mode
 */
export function preprocess(image: Image, config: PreprocessConfig): Float32Array {
  return normalise(preparePixels(image, config), config);
}

/** The same before it is normalised: exactly what the model sees, as a picture. @returns mode RGB, size x size */
export function preparePixels(image: Image, config: PreprocessConfig): Image {
  assertImage(image);
  const { size, order, background } = config;
  const flat = background ? composite(image, background) : image;
  const first = order === 'huggingface' ? toRgb(flat) : flat; // OpenAI converts last: palettes then take the nearest pixel
  return toRgb(cropToSquare(resizeFor(first, config), size, order));
}

/** Scales 0..255 to 0..1, subtracts the mean and divides by the standard deviation of each channel. */
function normalise({ data }: Image, { mean, std }: PreprocessConfig): Float32Array {
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const scaled = Math.fround((data[i] as number) / 255);
    values[i] = Math.fround(scaled - Math.fround(mean[i % 3] as number)) / Math.fround(std[i % 3] as number);
  }
  return values;
}

function resizeFor(image: Image, { size, resizeMode, interpolation }: PreprocessConfig): Image {
  const { width, height } = image;
  if (resizeMode === 'squash') return resize(image, size, size, interpolation);
  const shorter = Math.min(width, height);
  const longer = Math.max(width, height);
  if (resizeMode === 'longest') {
    const scale = size / longer;
    return resize(
      image,
      Math.max(1, roundHalfEven(width * scale)),
      Math.max(1, roundHalfEven(height * scale)),
      interpolation,
    );
  }
  const long = Math.trunc((size * longer) / shorter); // torchvision and Hugging Face cut the fraction off
  return width <= height ? resize(image, size, long, interpolation) : resize(image, long, size, interpolation);
}

/** Cuts the middle out, or puts black around what is too small. */
function cropToSquare(image: Image, size: number, order: PreprocessConfig['order']): Image {
  const left = cropOffset(image.width - size, order);
  const top = cropOffset(image.height - size, order);
  if (left === 0 && top === 0 && image.width === size && image.height === size) return image;
  const channels = channelsOf[image.mode];
  const data =
    image.data instanceof Uint16Array ? new Uint16Array(size * size) : new Uint8Array(size * size * channels);
  const from = Math.max(0, left);
  const count = Math.min(image.width, left + size) - from;
  for (let row = Math.max(0, -top); row < Math.min(size, image.height - top); row++) {
    const start = ((row + top) * image.width + from) * channels;
    data.set(image.data.subarray(start, start + count * channels), (row * size + from - left) * channels);
  }
  return { ...image, width: size, height: size, data };
}

/** torchvision rounds half to even, Hugging Face rounds down: they differ by a pixel where the margin is 3 mod 4. */
function cropOffset(margin: number, order: PreprocessConfig['order']): number {
  return order === 'openai' ? roundHalfEven(margin / 2) : Math.floor(margin / 2);
}

/** Python's round(). */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Puts a colour behind a picture with alpha: over = alpha · picture + (1 - alpha) · colour. */
function composite(image: Image, background: readonly [number, number, number]): Image {
  if (image.mode !== 'RGBA' && image.mode !== 'LA') return image;
  const { width, height, data } = image;
  const channels = channelsOf[image.mode];
  const rgb = toRgb(image).data;
  const flat = new Uint8Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) {
    const alpha = (data[Math.floor(i / 3) * channels + channels - 1] as number) / 255;
    flat[i] = Math.round(alpha * (rgb[i] as number) + (1 - alpha) * (background[i % 3] as number));
  }
  return { width, height, mode: 'RGB', data: flat };
}
