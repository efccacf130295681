import { drawAffine, randomAffine } from './affine.ts';
import { linesOf, posterise, recolour, smooth, toGrey } from './effects.ts';
import type { Pool } from './pool.ts';
import type { Recipe } from './recipe.ts';

/** A colour, 0 to 255 each. */
type Colour = readonly [red: number, green: number, blue: number];

const white: Colour = [255, 255, 255];

/**
 * Makes the function that draws a drawing differently each time: turned and shifted, in other colours, outlined or as
 * lines alone, on another background. What is drawn depends on the random numbers alone.
 * @returns writes [size, size, 3], 0 to 255, into `to`
 */
export function createAugmentation(limits: Recipe['augmentation'], size: number) {
  const drawn = new Float32Array(size * size * 4); // the colours multiplied by alpha
  const lines = new Float32Array(size * size); // 0 to 1
  const spare = new Float32Array(size * size * 3);

  return (pool: Pool, drawing: number, isLine: boolean, uniform: () => number, to: Float32Array): void => {
    const { chance } = limits;
    const happens = (probability: number) => uniform() < probability;
    drawAffine(pool, drawing, randomAffine(limits, uniform), drawn, size);
    if (isLine && happens(chance.tint)) tint(drawn, randomColour(uniform, 90));
    if (!isLine && happens(chance.colour)) recolour(drawn, limits, uniform);
    if (!isLine && happens(chance.grey)) toGrey(drawn);
    const isGradient = happens(chance.gradientBackground);
    const top = isGradient || happens(chance.plainBackground) ? randomColour(uniform, 0) : white;
    composite(drawn, top, isGradient ? randomColour(uniform, 0) : top, to, size);
    if (!isLine) {
      if (happens(chance.posterise)) posterise(to, 3 + Math.floor(3 * uniform()));
      const isOnlyLines = happens(chance.linesOnly);
      if (isOnlyLines || happens(chance.outline)) {
        linesOf(to, lines, size, 0.8 + 1.4 * uniform());
        for (let at = 0; at < lines.length; at++)
          for (let c = 0; c < 3; c++) {
            const under = isOnlyLines ? 255 : to[3 * at + c]!;
            to[3 * at + c] = under * (1 - lines[at]!);
          }
      }
    }
    if (happens(chance.invert)) for (let i = 0; i < to.length; i++) to[i] = 255 - to[i]!;
    if (happens(chance.blur)) smooth(to, spare, size);
    if (happens(chance.noise)) {
      const strength = 24 * uniform();
      for (let i = 0; i < to.length; i++) to[i] = to[i]! + strength * (2 * uniform() - 1);
    }
    for (let i = 0; i < to.length; i++) to[i] = Math.min(255, Math.max(0, to[i]!));
  };
}

/** @param least from 0 up to 255: how dark it may be */
function randomColour(uniform: () => number, least: number): Colour {
  const level = () => least + (255 - least) * uniform();
  return [level(), level(), level()];
}

/** White becomes the colour, black stays. */
function tint(pixels: Float32Array, colour: Colour): void {
  for (let at = 0; at < pixels.length; at += 4)
    for (let c = 0; c < 3; c++) pixels[at + c] = (pixels[at + c]! * colour[c]!) / 255;
}

/** Lays what is drawn on a background that goes from one colour to another, from top to bottom. */
function composite(drawn: Float32Array, top: Colour, bottom: Colour, to: Float32Array, size: number): void {
  for (let row = 0, at = 0; row < size; row++) {
    const down = row / (size - 1);
    const background = top.map((level, c) => (level + down * (bottom[c]! - level)) / 255);
    for (let column = 0; column < size; column++, at++) {
      const uncovered = 255 - drawn[4 * at + 3]!;
      for (let c = 0; c < 3; c++) to[3 * at + c] = drawn[4 * at + c]! + uncovered * background[c]!;
    }
  }
}
