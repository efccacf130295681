import { fullSize, halfSize, type Pool } from './pool.ts';
import type { Recipe } from './recipe.ts';

/** From a place in the picture (0, 0 is its middle, ±0.5 its edges) to the same in the drawing: x' = a x + b y + tx, ... */
export type Affine = { a: number; b: number; c: number; d: number; tx: number; ty: number };

/** Turned, scaled, stretched, sheared, shifted; never mirrored: letters and arrows would mean something else. */
export function randomAffine(limits: Recipe['augmentation'], uniform: () => number): Affine {
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const angle = (between(-limits.rotation, limits.rotation) * Math.PI) / 180;
  const scale = between(limits.scale[0], limits.scale[1]);
  const stretch = Math.exp(between(-limits.stretch, limits.stretch));
  const shear = between(-limits.shear, limits.shear);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [1 / (scale * stretch), stretch / scale];
  const [a, b] = [x * (cos + shear * -sin), x * (sin + shear * cos)];
  const [c, d] = [y * -sin, y * cos];
  const shift = () => between(-limits.shift, limits.shift);
  return { a, b, c, d, tx: shift(), ty: shift() };
}

/**
 * Draws a drawing into a picture, each of whose pixels looks up its place in the drawing and mixes the four nearest pixels
 * there. Outside the drawing all is transparent.
 * @param to [size, size, 4], the colours multiplied by alpha, 0 to 255
 */
export function drawAffine(
  pool: Pool,
  drawing: number,
  { a, b, c, d, tx, ty }: Affine,
  to: Float32Array,
  size: number,
) {
  const shrunk = (Math.hypot(a, c) * fullSize) / size; // drawing pixels per picture pixel
  const [levels, side] = shrunk > 1.7 ? [pool.half, halfSize] : [pool.full, fullSize];
  const from = levels.subarray(drawing * side * side * 4, (drawing + 1) * side * side * 4);
  const below = side * 4;
  for (let row = 0, at = 0; row < size; row++) {
    const v = (row + 0.5) / size - 0.5;
    for (let column = 0; column < size; column++, at += 4) {
      const u = (column + 0.5) / size - 0.5;
      const x = (a * u + b * v + tx + 0.5) * side - 0.5;
      const y = (c * u + d * v + ty + 0.5) * side - 0.5;
      const left = Math.floor(x);
      const top = Math.floor(y);
      if (left < 0 || top < 0 || left >= side - 1 || top >= side - 1) {
        to[at] = to[at + 1] = to[at + 2] = to[at + 3] = 0;
        continue;
      }
      const right = x - left;
      const bottom = y - top;
      const [w00, w01] = [(1 - right) * (1 - bottom), right * (1 - bottom)];
      const [w10, w11] = [(1 - right) * bottom, right * bottom];
      const start = top * below + left * 4;
      for (let channel = 0, i = start; channel < 4; channel++, i++)
        to[at + channel] = w00 * from[i]! + w01 * from[i + 4]! + w10 * from[i + below]! + w11 * from[i + below + 4]!;
    }
  }
}
