import type { PreprocessConfig } from '../config.ts';
import { composite } from './composite.ts';
import { assertImage, channelsOf, type Image, sameKind } from './image.ts';
import { resize } from './resize.ts';
import { toRgb } from './to-rgb.ts';

/**
 * From a decoded picture to what the network takes.
 * @returns float32 [size, size, 3], row by row, normalised
 * @throws TypeError on an image whose data do not fit its size and mode
 */
export function preprocess(image: Image, config: PreprocessConfig): Float32Array<ArrayBuffer> {
  return normalise(preparePixels(image, config), config);
}

/** The same before it is normalised: exactly what the model sees, as a picture. @returns mode RGB, size x size */
export function preparePixels(image: Image, config: PreprocessConfig): Image {
  assertImage(image);
  const { order, background } = config;
  const flat = background ? composite(image, background) : image;
  const first = order === 'huggingface' ? toRgb(flat) : flat; // OpenAI converts last: palettes then take the nearest pixel
  return toRgb(resizeToSquare(first, resizedSize(first, config), config));
}

/** Scales 0..255 to 0..1, subtracts the mean and divides by the standard deviation of each channel. */
export function normalise({ data }: Image, { mean, std }: PreprocessConfig): Float32Array<ArrayBuffer> {
  const levels = mean.map((channelMean, c) =>
    Float32Array.from({ length: 256 }, (_, level) => {
      const scaled = Math.fround(level / 255);
      return Math.fround(scaled - Math.fround(channelMean)) / Math.fround(std[c] as number);
    }),
  );
  const values = new Float32Array(data.length);
  for (const [c, channel] of levels.entries())
    for (let i = c; i < data.length; i += 3) values[i] = channel[data[i] as number] as number;
  return values;
}

type Size = { width: number; height: number };

/** The size that the whole picture is resized to. */
function resizedSize({ width, height }: Image, { size, resizeMode }: PreprocessConfig): Size {
  if (resizeMode === 'squash') return { width: size, height: size };
  const shorter = Math.min(width, height);
  const longer = Math.max(width, height);
  if (resizeMode === 'longest') {
    const side = (length: number) => Math.max(1, roundHalfEven(length / (longer / size)));
    return { width: side(width), height: side(height) };
  }
  const long = Math.trunc((size * longer) / shorter); // torchvision and Hugging Face cut the fraction off
  return width <= height ? { width: size, height: long } : { width: long, height: size };
}

/** Resizes to `resized`, but only what is then cut from the middle; puts zeros around what is too small for the square. */
function resizeToSquare(image: Image, resized: Size, { size, interpolation, order }: PreprocessConfig): Image {
  const left = cropOffset(resized.width - size, order);
  const top = cropOffset(resized.height - size, order);
  const box = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    width: Math.min(size, resized.width),
    height: Math.min(size, resized.height),
  };
  const middle = resize(image, resized.width, resized.height, interpolation, box);
  if (box.width === size && box.height === size) return middle;
  const channels = channelsOf[image.mode];
  const data = sameKind(image.data, size * size * channels);
  for (let row = 0; row < box.height; row++) {
    const from = row * box.width * channels;
    const to = ((row + box.top - top) * size + box.left - left) * channels;
    data.set(middle.data.subarray(from, from + box.width * channels), to);
  }
  return { ...image, width: size, height: size, data };
}

/**
 * Where the square begins, negative where the picture is smaller. torchvision rounds half to even, Hugging Face down:
 * they differ by a pixel where the margin is 3 mod 4. What is too small, both put nearer the start.
 */
function cropOffset(margin: number, order: PreprocessConfig['order']): number {
  if (margin < 0) return -Math.floor(-margin / 2);
  return order === 'openai' ? roundHalfEven(margin / 2) : Math.floor(margin / 2);
}

/** Python's round(). */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
