import type { Image } from './image.ts';

/** How far a picture is turned, moved, sized and slanted at most; what is left out does not happen. */
export type Affine = {
  /** Degrees, to either side. */
  rotate?: number;
  /** Share of the side, in each direction. */
  translate?: number;
  /** The least and the largest factor. */
  scale?: readonly [number, number];
  /** Degrees, to either side. */
  shear?: number;
};

/** From a position in the new picture to one in the old: x' = a·x + b·y + c, y' = d·x + e·y + f, from the middle. */
export type Transform = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** @param uniform gives numbers in [0, 1); five are taken */
export function randomTransform(
  side: number,
  { rotate = 0, translate = 0, scale = [1, 1], shear = 0 }: Affine,
  uniform: () => number,
): Transform {
  const around = (most: number) => most * (2 * uniform() - 1);
  const angle = (around(rotate) * Math.PI) / 180;
  const moved = [around(translate) * side, around(translate) * side] as const;
  const factor = scale[0] + (scale[1] - scale[0]) * uniform();
  const slant = Math.tan((around(shear) * Math.PI) / 180);
  const [cos, sin] = [Math.cos(angle) / factor, Math.sin(angle) / factor];
  const rows = [
    [cos - slant * -sin, sin - slant * cos],
    [-sin, cos],
  ] as const; // unslant · unturn / factor
  const back = (row: readonly [number, number]) => -(row[0] * moved[0] + row[1] * moved[1]);
  return [...rows[0], back(rows[0]), ...rows[1], back(rows[1])];
}

/**
 * Moves a picture's content, between pixels by their weighted mean.
 * @param image mode RGB
 * @param fill what appears where the picture has nothing; undefined: its edge goes on
 */
export function transform(
  image: Image,
  [a, b, c, d, e, f]: Transform,
  fill?: readonly [number, number, number],
): Image {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const [x, y] = [column - middleX, row - middleY];
      sample(image, a * x + b * y + c + middleX, d * x + e * y + f + middleY, fill, data, to);
    }
  }
  return { ...image, data };
}

/** The mean of the four pixels around (x, y), the nearer the more. */
function sample(
  { width, height, data }: Image,
  x: number,
  y: number,
  fill: readonly [number, number, number] | undefined,
  into: Uint8Array,
  to: number,
): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0;
    for (let corner = 0; corner < 4; corner++) {
      const [column, row] = [left + (corner & 1), top + (corner >> 1)];
      const isInside = column >= 0 && column < width && row >= 0 && row < height;
      const at = 3 * (within(row, height) * width + within(column, width)) + channel;
      const value = isInside || !fill ? (data[at] as number) : (fill[channel] as number);
      sum += value * (corner & 1 ? right : 1 - right) * (corner >> 1 ? down : 1 - down);
    }
    into[to + channel] = Math.round(sum);
  }
}

function within(position: number, size: number): number {
  return Math.min(size - 1, Math.max(0, position));
}
