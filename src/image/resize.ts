import { type Box, crop } from './crop.ts';
import { channelsOf, type Image, sameKind } from './image.ts';
import { filters, resampleColumns, resampleRows, type Window, windows } from './resample.ts';
import { mulDiv255 } from './to-rgb.ts';

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/**
 * Resizes exactly as Pillow's `Image.resize`: the filter is widened when shrinking (so nothing aliases), rows and columns
 * one after the other, rounded to 8 bits after each, alpha premultiplied; palette and bilevel pictures take the nearest
 * pixel.
 * @param box the part of the resized picture that is wanted; no more is computed
 */
export function resize(
  image: Image,
  width: number,
  height: number,
  interpolation: Interpolation,
  box: Box = { left: 0, top: 0, width, height },
): Image {
  const { mode } = image;
  if (width === image.width && height === image.height) return crop(image, box);
  if (interpolation === 'nearest' || mode === 'P' || mode === '1') return resizeNearest(image, width, height, box);
  const columns = windows(image.width, width, filters[interpolation], box.left, box.width);
  const rows = windows(image.height, height, filters[interpolation], box.top, box.height);
  const [left, right] = reach(columns);
  const [top, bottom] = reach(rows);
  const needed = crop(image, { left, top, width: right - left, height: bottom - top });
  const resample = columnsFirst(image, width, height)
    ? (source: Image) => resampleRows(resampleColumns(source, shift(rows, top)), shift(columns, left))
    : (source: Image) => resampleColumns(resampleRows(source, shift(columns, left)), shift(rows, top));
  return mode === 'LA' || mode === 'RGBA' ? unpremultiply(resample(premultiply(needed))) : resample(needed);
}

/** Pillow's rule since version 13 (its pull request 9549); until then rows always came first, a level off at times. */
function columnsFirst(image: Image, width: number, height: number): boolean {
  const rowsLost = image.height - height;
  return rowsLost > 0 && rowsLost > 2 * (image.width - width);
}

/** The first source position that the windows need, and the one after the last. */
function reach(windows: Window[]): [first: number, end: number] {
  const ends = windows.map(({ start, weights }) => start + weights.length);
  return [Math.min(...windows.map(({ start }) => start)), Math.max(...ends)];
}

function shift(windows: Window[], by: number): Window[] {
  return windows.map(({ start, weights }) => ({ start: start - by, weights }));
}

function resizeNearest(image: Image, width: number, height: number, box: Box): Image {
  const channels = channelsOf[image.mode];
  const columns = nearestPositions(image.mode, image.width, width, box.left, box.width);
  const rows = nearestPositions(image.mode, image.height, height, box.top, box.height);
  const data = sameKind(image.data, box.width * box.height * channels);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * channels;
      for (let c = 0; c < channels; c++) data[to++] = image.data[from + c] as number;
    }
  }
  return { ...image, width: box.width, height: box.height, data };
}

/**
 * The source position of each new one. Pillow sums them up step by step, but multiplies for 16-bit pictures, and the two
 * round differently.
 */
function nearestPositions(mode: Image['mode'], sourceSize: number, size: number, first: number, count: number) {
  const step = sourceSize / size;
  const positions = new Int32Array(count);
  let sum = step * 0.5;
  for (let position = 0; position < first + count; position++, sum += step) {
    const at = mode === 'I;16' ? (position + 0.5) * step : sum;
    if (position >= first) positions[position - first] = Math.min(Math.trunc(at), sourceSize - 1);
  }
  return positions;
}

function premultiply(image: Image): Image {
  const channels = channelsOf[image.mode];
  const data = new Uint8Array(image.data);
  for (let i = 0; i < data.length; i += channels) {
    const alpha = data[i + channels - 1] as number;
    for (let c = 0; c < channels - 1; c++) data[i + c] = mulDiv255(data[i + c] as number, alpha);
  }
  return { ...image, data };
}

function unpremultiply(image: Image): Image {
  const channels = channelsOf[image.mode];
  const data = new Uint8Array(image.data);
  for (let i = 0; i < data.length; i += channels) {
    const alpha = data[i + channels - 1] as number;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < channels - 1; c++)
      data[i + c] = Math.min(255, Math.trunc((255 * (data[i + c] as number)) / alpha));
  }
  return { ...image, data };
}
