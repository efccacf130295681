import { channelsOf, type Image, type Pixels, sameKind } from './image.ts';

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
  const channels = channelsOf[image.mode];
  const { weigh, pack } = arithmeticOf(image.mode);
  const { height, data: source } = image;
  const width = columns.length;
  const data = sameKind(source, width * height * channels);
  const starts = columns.map(({ start }) => start * channels);
  const weights = columns.map((window) => pack(window.weights));
  for (let row = 0; row < height; row++) {
    const begin = row * image.width * channels;
    const to = row * width * channels;
    if (image.mode === 'RGB') {
      weighColours(source, begin, data, to, starts, weights as Int32Array[]);
      continue;
    }
    for (let column = 0; column < width; column++) {
      const from = begin + (starts[column] as number);
      for (let c = 0; c < channels; c++) {
        data[to + column * channels + c] = weigh(source, from + c, channels, weights[column] as Int32Array);
      }
    }
  }
  return { ...image, width, data };
}

/** One pixel per window in each column. */
export function resampleColumns(image: Image, rows: Window[]): Image {
  const stride = image.width * channelsOf[image.mode];
  const { weigh, pack } = arithmeticOf(image.mode);
  const source = image.data;
  const data = sameKind(source, stride * rows.length);
  for (let row = 0; row < rows.length; row++) {
    const { start, weights } = rows[row] as Window;
    const packed = pack(weights);
    for (let i = 0; i < stride; i++) data[row * stride + i] = weigh(source, start * stride + i, stride, packed);
  }
  return { ...image, height: rows.length, data };
}

/** How Pillow weighs values `step` apart, from `from` on: 8 bits in whole numbers, 16 bits in floating point. */
type Arithmetic<Weights> = {
  pack: (weights: Float64Array) => Weights;
  weigh: (values: Pixels, from: number, step: number, weights: Weights) => number;
};

function arithmeticOf(mode: Image['mode']): Arithmetic<Float64Array | Int32Array> {
  return (mode === 'I;16' ? in16Bits : in8Bits) as Arithmetic<Float64Array | Int32Array>;
}

/** Bits behind the point of Pillow's fixed-point weights. */
const precision = 22;

/** Rounds to nearest when the bits behind the point are cut off. */
const half = 1 << (precision - 1);

const in8Bits: Arithmetic<Int32Array> = {
  pack: (weights) => Int32Array.from(weights, (value) => Math.trunc(value * 2 ** precision + (value < 0 ? -0.5 : 0.5))),
  weigh: (values, from, step, weights) => {
    let sum = half;
    for (let k = 0, at = from; k < weights.length; k++, at += step) {
      sum = (sum + Math.imul(values[at] as number, weights[k] as number)) | 0;
    }
    return clip8(sum >> precision);
  },
};

/** A row of red, green and blue, what most pictures are: three sums in one loop take half the time. */
function weighColours(
  source: Pixels,
  begin: number,
  data: Pixels,
  to: number,
  starts: number[],
  weights: Int32Array[],
) {
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

const in16Bits: Arithmetic<Float64Array> = {
  pack: (weights) => weights,
  weigh: (values, from, step, weights) => {
    let sum = 0;
    for (let k = 0; k < weights.length; k++) sum += (values[from + k * step] as number) * (weights[k] as number);
    return Math.min(65535, Math.floor(Math.max(0, sum) + 0.5));
  },
};

function clip8(value: number): number {
  return value < 0 ? 0 : Math.min(value, 255);
}
