import { channelsOf, type Image } from './image.ts';
import { mulDiv255 } from './to-rgb.ts';

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/** Weight by distance in source pixels (when enlarging), and how far the filter reaches. */
type Filter = { support: number; weight: (distance: number) => number };

const filters: Record<Exclude<Interpolation, 'nearest'>, Filter> = {
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

/**
 * Resizes exactly as Pillow's `Image.resize`: the filter is widened when shrinking (so nothing aliases), rows and columns
 * one after the other, rounded to 8 bits after each, alpha premultiplied; palette and bilevel pictures take the nearest pixel.
 */
export function resize(image: Image, width: number, height: number, interpolation: Interpolation): Image {
  if (width === image.width && height === image.height) return image;
  const { mode } = image;
  if (interpolation === 'nearest' || mode === 'P' || mode === '1') return resizeNearest(image, width, height);
  if (mode === 'LA' || mode === 'RGBA') {
    return unpremultiply(resample(premultiply(image), width, height, filters[interpolation]));
  }
  return resample(image, width, height, filters[interpolation]);
}

/** Source coordinates are summed up step by step, as Pillow does; multiplying would round differently. */
function resizeNearest(image: Image, width: number, height: number): Image {
  const channels = channelsOf[image.mode];
  const columns = nearestPositions(image.width, width);
  const rows = nearestPositions(image.height, height);
  const data = sameKind(image.data, width * height * channels);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * channels;
      for (let c = 0; c < channels; c++) data[to++] = image.data[from + c] as number;
    }
  }
  return { ...image, width, height, data };
}

function nearestPositions(sourceSize: number, size: number): number[] {
  const step = sourceSize / size;
  const positions: number[] = [];
  for (let at = step * 0.5; positions.length < size; at += step)
    positions.push(Math.min(Math.trunc(at), sourceSize - 1));
  return positions;
}

/**
 * Rounding after each pass makes their order matter. Pillow begins with the rows; since version 13 with the columns where
 * the height loses more than twice as many pixels as the width.
 */
function resample(image: Image, width: number, height: number, filter: Filter): Image {
  const columnsFirst = height < image.height && image.height - height > 2 * (image.width - width);
  return columnsFirst
    ? resampleRows(resampleColumns(image, height, filter), width, filter)
    : resampleColumns(resampleRows(image, width, filter), height, filter);
}

/** For each new position: where its window begins in the source, and the weights in it, which sum to 1. */
type Windows = { starts: Int32Array; weights: Float64Array[] };

function windows(sourceSize: number, size: number, { support, weight }: Filter): Windows {
  const scale = sourceSize / size;
  const stretch = Math.max(scale, 1); // when shrinking, the filter covers more source pixels
  const reach = support * stretch;
  const starts = new Int32Array(size);
  const weights: Float64Array[] = [];
  for (let position = 0; position < size; position++) {
    const centre = (position + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(sourceSize, Math.trunc(centre + reach + 0.5));
    const window = new Float64Array(end - start);
    let sum = 0;
    for (let i = 0; i < window.length; i++) {
      const value = weight((i + start - centre + 0.5) * (1 / stretch));
      window[i] = value;
      sum += value;
    }
    if (sum !== 0) for (let i = 0; i < window.length; i++) window[i] = (window[i] as number) / sum;
    starts[position] = start;
    weights.push(window);
  }
  return { starts, weights };
}

/** Bits behind the point of Pillow's fixed-point weights. */
const precision = 22;

/** Weights as whole numbers, rounded half away from zero. */
function fixedPoint(window: Float64Array): Int32Array {
  return Int32Array.from(window, (value) => Math.trunc(value * 2 ** precision + (value < 0 ? -0.5 : 0.5)));
}

function resampleRows(image: Image, width: number, filter: Filter): Image {
  if (width === image.width) return image;
  const channels = channelsOf[image.mode];
  const { starts, weights } = windows(image.width, width, filter);
  const data = sameKind(image.data, width * image.height * channels);
  const sum = weightedSum(image, weights);
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * image.width + (starts[column] as number)) * channels;
      const to = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) data[to + c] = sum(column, from + c, channels);
    }
  }
  return { ...image, width, data };
}

function resampleColumns(image: Image, height: number, filter: Filter): Image {
  if (height === image.height) return image;
  const stride = image.width * channelsOf[image.mode];
  const { starts, weights } = windows(image.height, height, filter);
  const data = sameKind(image.data, stride * height);
  const sum = weightedSum(image, weights);
  for (let row = 0; row < height; row++) {
    const from = (starts[row] as number) * stride;
    for (let i = 0; i < stride; i++) data[row * stride + i] = sum(row, from + i, stride);
  }
  return { ...image, height, data };
}

/** The function that applies the window of a position to values `step` apart, from `from` on. */
function weightedSum({ mode, data }: Image, weights: Float64Array[]) {
  if (mode === 'I;16') {
    return (position: number, from: number, step: number): number => {
      const window = weights[position] as Float64Array;
      let sum = 0;
      for (let i = 0; i < window.length; i++) sum += (data[from + i * step] as number) * (window[i] as number);
      return roundTo16Bits(sum);
    };
  }
  const fixed = weights.map(fixedPoint);
  return (position: number, from: number, step: number): number => {
    const window = fixed[position] as Int32Array;
    let sum = 2 ** (precision - 1); // rounds to nearest when the fraction is cut off
    for (let i = 0; i < window.length; i++) sum += (data[from + i * step] as number) * (window[i] as number);
    return clip8(sum >> precision);
  };
}

function clip8(value: number): number {
  return Math.min(255, Math.max(0, value));
}

/** Pillow rounds 16-bit grey as a whole, but clips its two bytes apart. */
function roundTo16Bits(sum: number): number {
  const whole = sum >= 0 ? Math.floor(sum + 0.5) : -Math.floor(Math.abs(sum) + 0.5);
  return (clip8(whole >> 8) << 8) | clip8(whole % 256);
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

function sameKind(data: Image['data'], length: number): Uint8Array | Uint16Array {
  return data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
