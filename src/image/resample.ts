import { channelsOf, type Image, type Pixels, sameKind } from './image.ts';
import { hasSimd, type Packed, weighColumnsBySimd, weighRowsBySimd } from './resample-simd.ts';

/** Weight by distance in source pixels (when enlarging), and how far the filter reaches. */
export type Filter = { support: number; weight: (distance: number) => number };

export const filters: Record<'bilinear' | 'bicubic', Filter> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
};

/** Keys' cubic convolution with a = -0.5 (Keys 1981). */
function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** The source pixels that a new position is made of, and their weights, which sum to 1. */
export type Window = { start: number; weights: Float64Array };

/** The windows of `count` new positions from `first` on. At the same size they copy: one weight is 1, the others are 0. */
export function windows(sourceSize: number, size: number, filter: Filter, first: number, count: number): Window[] {
  const scale = sourceSize / size;
  const stretch = Math.max(scale, 1); // when shrinking, the filter covers more source pixels
  const reach = filter.support * stretch;
  return Array.from({ length: count }, (_, i) => {
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(sourceSize, Math.trunc(centre + reach + 0.5));
    const weights = new Float64Array(end - start);
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      const weight = filter.weight((k + start - centre + 0.5) * (1 / stretch));
      weights[k] = weight;
      sum += weight;
    }
    return { start, weights: sum === 0 ? weights : weights.map((weight) => weight / sum) };
  });
}

/** One pixel per window in each row. */
export function resampleRows(image: Image, columns: Window[]): Image {
  const { mode, width, height, data } = image;
  const channels = channelsOf[mode];
  const resampled = sameKind(data, columns.length * height * channels);
  if (data instanceof Uint16Array) weighRows16(data, width, resampled, height, columns);
  else {
    const weigh = hasSimd() && channels === 3 ? weighRowsBySimd : weighRows8;
    weigh(data, width * channels, resampled as Uint8Array, height, columns.map(pack), channels);
  }
  return { ...image, width: columns.length, data: resampled };
}

/** One pixel per window in each column. */
export function resampleColumns(image: Image, rows: Window[]): Image {
  const stride = image.width * channelsOf[image.mode];
  const { data } = image;
  const resampled = sameKind(data, stride * rows.length);
  if (data instanceof Uint16Array) weighColumns16(data, stride, resampled, rows);
  else (hasSimd() ? weighColumnsBySimd : weighColumns8)(data, stride, resampled as Uint8Array, rows.map(pack));
  return { ...image, height: rows.length, data: resampled };
}

/** Bits behind the point of Pillow's fixed-point weights for 8-bit pictures; 16 bits are weighed in floating point. */
const precision = 22;

/** Rounds to nearest when the bits behind the point are cut off. */
const half = 1 << (precision - 1);

export function pack({ start, weights }: Window): Packed {
  const packed = new Int32Array(weights.length);
  for (let k = 0; k < packed.length; k++) {
    const value = weights[k] as number;
    packed[k] = Math.trunc(value * 2 ** precision + (value < 0 ? -0.5 : 0.5));
  }
  return { start, weights: packed };
}

/** @param stride values of a row */
export function weighRows8(
  source: Uint8Array | Uint8ClampedArray,
  stride: number,
  data: Pixels,
  height: number,
  columns: Packed[],
  channels: number,
): void {
  const starts = Int32Array.from(columns, ({ start }) => start * channels);
  const weights = columns.map((column) => column.weights);
  const weigh = channels === 3 ? weighColours : weighRow;
  for (let row = 0; row < height; row++)
    weigh(source, row * stride, data, row * columns.length * channels, starts, weights, channels);
}

function weighRow(
  source: Uint8Array | Uint8ClampedArray,
  begin: number,
  data: Pixels,
  to: number,
  starts: Int32Array,
  weights: Int32Array[],
  channels: number,
): void {
  for (let column = 0; column < starts.length; column++) {
    const window = weights[column] as Int32Array;
    for (let c = 0; c < channels; c++) {
      let sum = half;
      for (let k = 0, at = begin + (starts[column] as number) + c; k < window.length; k++, at += channels)
        sum = (sum + Math.imul(source[at] as number, window[k] as number)) | 0;
      data[to + column * channels + c] = clip8(sum >> precision);
    }
  }
}

/** A row of red, green and blue, what most pictures are: three sums in one loop take half the time. */
function weighColours(
  source: Uint8Array | Uint8ClampedArray,
  begin: number,
  data: Pixels,
  to: number,
  starts: Int32Array,
  weights: Int32Array[],
): void {
  for (let column = 0; column < starts.length; column++) {
    const window = weights[column] as Int32Array;
    let red = half;
    let green = half;
    let blue = half;
    for (let k = 0, at = begin + (starts[column] as number); k < window.length; k++, at += 3) {
      const weight = window[k] as number;
      red = (red + Math.imul(source[at] as number, weight)) | 0;
      green = (green + Math.imul(source[at + 1] as number, weight)) | 0;
      blue = (blue + Math.imul(source[at + 2] as number, weight)) | 0;
    }
    data[to + 3 * column] = clip8(red >> precision);
    data[to + 3 * column + 1] = clip8(green >> precision);
    data[to + 3 * column + 2] = clip8(blue >> precision);
  }
}

/** Adds up whole rows, four at a time, so that memory is walked through in its order. */
export function weighColumns8(
  source: Uint8Array | Uint8ClampedArray,
  stride: number,
  data: Pixels,
  rows: Packed[],
): void {
  const sums = new Int32Array(stride);
  for (const [row, { start, weights }] of rows.entries()) {
    sums.fill(half);
    let k = 0;
    for (; k + 4 <= weights.length; k += 4) {
      const [first = 0, second = 0, third = 0, fourth = 0] = weights.subarray(k, k + 4);
      const from = (start + k) * stride;
      for (let i = 0, at = from; i < stride; i++, at++) {
        const two = Math.imul(source[at] as number, first) + Math.imul(source[at + stride] as number, second);
        const more =
          Math.imul(source[at + 2 * stride] as number, third) + Math.imul(source[at + 3 * stride] as number, fourth);
        sums[i] = ((sums[i] as number) + two + more) | 0;
      }
    }
    for (; k < weights.length; k++) {
      const weight = weights[k] as number;
      for (let i = 0, at = (start + k) * stride; i < stride; i++, at++)
        sums[i] = ((sums[i] as number) + Math.imul(source[at] as number, weight)) | 0;
    }
    for (let i = 0, to = row * stride; i < stride; i++, to++) data[to] = clip8((sums[i] as number) >> precision);
  }
}

function clip8(value: number): number {
  return value < 0 ? 0 : Math.min(value, 255);
}

/** 16-bit grey, in rows. */
function weighRows16(source: Uint16Array, width: number, data: Pixels, height: number, columns: Window[]): void {
  for (let row = 0, to = 0; row < height; row++)
    for (const { start, weights } of columns) data[to++] = weigh16(source, row * width + start, 1, weights);
}

/** 16-bit grey, in columns. */
function weighColumns16(source: Uint16Array, width: number, data: Pixels, rows: Window[]): void {
  let to = 0;
  for (const { start, weights } of rows)
    for (let column = 0; column < width; column++) data[to++] = weigh16(source, start * width + column, width, weights);
}

function weigh16(source: Uint16Array, from: number, step: number, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += (source[from + k * step] as number) * (weights[k] as number);
  return Math.min(65535, Math.floor(Math.max(0, sum) + 0.5));
}
