import { writeFile } from 'node:fs/promises';
import type { Clip } from '../../../src/clip.ts';
import { encodePng } from '../../../src/node/images/encode-png.ts';
import { uniformNumbers } from '../../../src/random.ts';
import type { Entry } from '../../../src/search/entry.ts';
import { vectorOfRow } from '../../../src/search/rows.ts';
import type { SearchIndex } from '../../../src/search/search-index.ts';

/** A small picture that follows from a number, as PNG. */
export function pictureOf(seed: number, width = 8, height = 6): Buffer {
  const uniform = uniformNumbers(seed);
  const data = Uint8Array.from({ length: 3 * width * height }, () => 256 * uniform());
  return encodePng({ width, height, mode: 'RGB', data });
}

export function writePicture(path: string, seed: number): Promise<void> {
  return writeFile(path, pictureOf(seed));
}

/** Counts the pictures that a model embeds from now on. */
export function countEmbedded(clip: Clip): { count: number } {
  const counter = { count: 0 };
  const encodeImage = clip.encodeImage.bind(clip);
  clip.encodeImage = (pixels) => {
    counter.count += pixels.shape[0];
    return encodeImage(pixels);
  };
  return counter;
}

/** What an index has by path: the content's hash and the vector. */
export function contentOf(index: SearchIndex): Map<string, [hash: string, vector: number[]]> {
  return new Map(index.entries.map((entry: Entry, row) => [entry.path, [entry.hash, [...vectorOfRow(index, row)]]]));
}
