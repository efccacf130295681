import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Image } from '../../../src/image/image.ts';
import { encodePng } from '../../../src/node/images/encode-png.ts';
import { uniformNumbers } from '../../../src/random.ts';

/** Blocks of colour drawn by a seed: no two seeds look alike. */
export function blocks(seed: number, width = 240, height = 240): Image {
  const uniform = uniformNumbers(seed);
  const colours = Array.from({ length: 8 * 8 * 3 }, () => Math.floor(256 * uniform()));
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    return colours[3 * (8 * Math.floor((8 * y) / height) + Math.floor((8 * x) / width)) + (i % 3)] as number;
  });
  return { width, height, mode: 'RGB', data };
}

/** A table that is written row by row, with the pictures of its rows. */
export type Planting = {
  /** @returns its path from the folder */
  picture: (name: string, bytes: Uint8Array) => string;
  /** A picture that is like no other. */
  fresh: () => string;
  /** @returns the line */
  row: (image: string, title: string, concept?: string) => number;
  /** @returns the path of the table */
  write: () => string;
};

export function plant(folder: string, table: string, firstSeed = 1): Planting {
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  const lines = ['filepath,title,concept'];
  let seed = firstSeed;
  const picture = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, 'pictures', name), bytes);
    return `pictures/${name}`;
  };
  return {
    picture,
    fresh: () => picture(`${seed}.png`, encodePng(blocks(seed++))),
    row: (image, title, concept = '') => lines.push(`${image},"${title.replaceAll('"', '""')}",${concept}`),
    write: () => {
      writeFileSync(join(folder, table), `${lines.join('\n')}\n`);
      return join(folder, table);
    },
  };
}

/** The picture of a seed in other files: smaller and compressed, with transparency, with two frames. */
export async function jpegOf(seed: number): Promise<Uint8Array> {
  return raw(blocks(seed)).resize(230, 230).jpeg({ quality: 70 }).toBuffer();
}

export async function transparentOf(seed: number): Promise<Uint8Array> {
  return raw(blocks(seed)).ensureAlpha(0.5).png().toBuffer();
}

export async function animationOf(seed: number): Promise<Uint8Array> {
  const frames = await Promise.all([seed, seed + 1].map((frame) => raw(blocks(frame)).png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}

function raw({ width, height, data }: Image) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
