import type { Image } from './image.ts';
import { resize } from './resize.ts';

/** What two pictures are told to be nearly the same by: a hash of their shapes, and their colours, since the hash has none. */
export type DifferenceHash = {
  /** 128 bits: [4] of 32, the first two those of the rows, the others those of the columns. */
  bits: Uint32Array<ArrayBuffer>;
  /** The picture in 9 x 9 pixels, red, green, blue: [243]. */
  colours: Uint8Array<ArrayBuffer>;
};

const side = 8;
const cells = side + 1;

/** Levels of 255 that a step needs to count. Between flat cells, which drawings are full of, JPEG leaves a level or two. */
const leastStep = 3;

/**
 * The difference hash of a picture (Neal Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013; with columns too, as in Ben Hoyt,
 * "Duplicate image detection with perceptual hashing in Python", 2017): it is shrunk to 9 x 9 cells of grey, and each bit says whether
 * a cell is brighter than the one to the left of it, or above it. Scaling and compression change few of the bits.
 * @param image mode RGB
 */
export function differenceHash(image: Image): DifferenceHash {
  const colours = new Uint8Array(resize(image, cells, cells, 'bilinear').data);
  const grey = Uint8Array.from({ length: cells * cells }, (_, cell) => greyOf(colours, 3 * cell));
  const bits = new Uint32Array(4);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const cell = grey[y * cells + x] as number;
      const place = y * side + x;
      const mark = 1 << (place % 32);
      if ((grey[y * cells + x + 1] as number) - cell >= leastStep) bits[place >> 5]! |= mark;
      if ((grey[(y + 1) * cells + x] as number) - cell >= leastStep) bits[2 + (place >> 5)]! |= mark;
    }
  return { bits, colours };
}

/** Luma (ITU-R BT.601) in whole levels, as Pillow's convert('L') has it: weights of 65536. */
function greyOf(colours: Uint8Array, at: number): number {
  const [red, green, blue] = [colours[at] as number, colours[at + 1] as number, colours[at + 2] as number];
  return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
}
