import type { Image } from './image.ts';

/** How far colours change at most, each to either side, as torchvision's `ColorJitter` has it; what is left out stays. */
export type ColourChange = {
  /** 0.2: a factor of 0.8 to 1.2. */
  brightness?: number;
  /** The same, around the picture's mean grey. */
  contrast?: number;
  /** The same, around each pixel's grey. */
  saturation?: number;
  /** Share of a full turn of the colour circle, up to 0.5. */
  hue?: number;
  /** The probability that no colour stays at all. */
  grey?: number;
};

/** Rec. 601's share of red, green and blue in the brightness, which Pillow and torchvision use. */
const luma = [0.299, 0.587, 0.114] as const;

/**
 * Changes a picture's colours at random. All changes are linear, so they are put together first and rounded once.
 * @param image mode RGB
 * @param uniform gives numbers in [0, 1); five are taken
 */
export function changeColours(
  image: Image,
  { brightness = 0, contrast = 0, saturation = 0, hue = 0, grey = 0 }: ColourChange,
  uniform: () => number,
): Image {
  const around = (most: number) => most * (2 * uniform() - 1);
  const light = Math.max(0, 1 + around(brightness));
  const spread = Math.max(0, 1 + around(contrast));
  const vividness = Math.max(0, 1 + around(saturation));
  const turn = 2 * Math.PI * around(hue);
  const colour = uniform() < grey ? 0 : vividness;

  const matrix = multiply(saturationMatrix(colour), hueMatrix(turn)).map((value) => value * light * spread);
  const shift = (1 - spread) * light * meanGrey(image);
  const { data } = image;
  const changed = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]];
    for (let c = 0; c < 3; c++) {
      const [fromRed = 0, fromGreen = 0, fromBlue = 0] = [matrix[3 * c], matrix[3 * c + 1], matrix[3 * c + 2]];
      const value = fromRed * red + fromGreen * green + fromBlue * blue + shift;
      changed[at + c] = Math.round(Math.min(255, Math.max(0, value)));
    }
  }
  return { ...image, data: changed };
}

function meanGrey({ data }: Image): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) sum += (data[at] as number) * (luma[at % 3] as number);
  return (3 * sum) / data.length;
}

/** A 3 x 3 matrix, row by row. */
type Matrix = readonly number[];

function multiply(one: Matrix, other: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [3 * Math.floor(i / 3), i % 3];
    return [0, 1, 2].reduce((sum, k) => sum + (one[row + k] as number) * (other[3 * k + column] as number), 0);
  });
}

/** From each colour towards its grey. */
function saturationMatrix(saturation: number): Matrix {
  return Array.from({ length: 9 }, (_, i) => {
    const own = i % 4 === 0 ? saturation : 0;
    return own + (1 - saturation) * (luma[i % 3] as number);
  });
}

/** Turns colours around the grey axis by an angle (Rodrigues' formula), so that greys stay. */
function hueMatrix(angle: number): Matrix {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [same, next, previous] = [
    cos + (1 - cos) / 3,
    (1 - cos) / 3 - sin / Math.sqrt(3),
    (1 - cos) / 3 + sin / Math.sqrt(3),
  ];
  return [same, next, previous, previous, same, next, next, previous, same];
}
