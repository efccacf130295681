import { plainImage } from '../../image/draw.ts';
import type { Image } from '../../image/image.ts';
import { paintShape } from '../../image/shapes.ts';
import { permutation, sampleSeed, uniformNumbers } from '../../random.ts';
import { colourNames, colours, shapeNames, type Thing, white } from './prompts.ts';

/** Where a shape stands: its middle and half its width, in shares of the picture's side. */
export type Place = { x: number; y: number; radius: number };

/** Shapes on white. @param size side of the picture, in pixels */
export function drawScene(size: number, things: readonly (Thing & Place)[]): Image {
  const image = plainImage(size, size, white);
  for (const { shape, colour, x, y, radius } of things)
    paintShape(image, shape, { x: x * size, y: y * size, radius: radius * size }, colours[colour]);
  return image;
}

/** Uniform in [low, high). */
export function between(uniform: () => number, low: number, high: number): number {
  return low + (high - low) * uniform();
}

/** One shape somewhere near the middle. */
export function placeOfOne(uniform: () => number): Place {
  const radius = between(uniform, 0.2, 0.35);
  return {
    radius,
    x: between(uniform, radius + 0.02, 0.98 - radius),
    y: between(uniform, radius + 0.02, 0.98 - radius),
  };
}

/** Two things that differ in shape and in colour. */
export function twoThings(seed: number): [Thing, Thing] {
  const [shapeA = 0, shapeB = 0] = permutation(shapeNames.length, sampleSeed(seed, 0));
  const [colourA = 0, colourB = 0] = permutation(colourNames.length, sampleSeed(seed, 1));
  return [thing(shapeA, colourA), thing(shapeB, colourB)];
}

/** Every shape in every colour. */
export function everyThing(): Thing[] {
  return shapeNames.flatMap((_, shape) => colourNames.map((_, colour) => thing(shape, colour)));
}

function thing(shape: number, colour: number): Thing {
  return { shape: shapeNames[shape] ?? 'circle', colour: colourNames[colour] ?? 'red' };
}

/** Places for two shapes beside each other: the left one first. */
export function twoPlaces(seed: number): [Place, Place] {
  const uniform = uniformNumbers(seed);
  const place = (middle: number) => ({
    radius: between(uniform, 0.13, 0.2),
    x: between(uniform, middle - 0.04, middle + 0.04),
    y: between(uniform, 0.4, 0.6),
  });
  return [place(0.26), place(0.74)];
}
