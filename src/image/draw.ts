import { crop } from './crop.ts';
import type { Image } from './image.ts';

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What is painted: whether a point of the plane, in pixels from the upper left corner, belongs to it. */
export type Region = (x: number, y: number) => boolean;

/** A part of the plane that a region does not leave; paint() looks nowhere else. */
export type Bounds = { left: number; top: number; right: number; bottom: number };

/** Points that are asked in a pixel, in each direction: edges have 16 steps. */
const samples = 4;

/** @returns mode RGB, one colour all over */
export function plainImage(width: number, height: number, colour: Colour): Image {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3] as number;
  return { width, height, mode: 'RGB', data };
}

/** A picture with pixels of its own, to paint on. */
export function copyOf(image: Image): Image {
  const { width, height } = image;
  return crop(image, { left: 0, top: 0, width, height });
}

/**
 * Paints on a picture of mode RGB, in place. A pixel takes the colour by the share of its 4 x 4 points that lie in the
 * region, rounded.
 */
export function paint({ width, height, data }: Image, region: Region, bounds: Bounds, colour: Colour): void {
  const [left, right] = [Math.max(0, Math.floor(bounds.left)), Math.min(width, Math.ceil(bounds.right))];
  const [top, bottom] = [Math.max(0, Math.floor(bounds.top)), Math.min(height, Math.ceil(bounds.bottom))];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const covered = coverage(region, x, y);
      if (covered === 0) continue;
      for (let c = 0; c < 3; c++) {
        const at = (y * width + x) * 3 + c;
        const before = data[at] as number;
        data[at] = Math.round(before + covered * ((colour[c] as number) - before));
      }
    }
  }
}

/** The share of a pixel's points that lie in the region. */
function coverage(region: Region, x: number, y: number): number {
  let inside = 0;
  for (let row = 0.5; row < samples; row++) {
    for (let column = 0.5; column < samples; column++) if (region(x + column / samples, y + row / samples)) inside++;
  }
  return inside / samples ** 2;
}
