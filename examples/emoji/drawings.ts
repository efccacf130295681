import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../../src/image/image.ts';
import { fileSource, writeFileAtomically } from '../../src/node/files.ts';
import { encodeSafetensors, openSafetensors, type TensorData } from '../../src/weights/safetensors.ts';
import type { Concept } from './concepts.ts';
import { fillInside } from './fill-inside.ts';
import { cacheFolder } from './folders.ts';
import { rasterise } from './rasterise.ts';
import type { Style } from './styles.ts';

/** The drawings of one style, decoded. */
export type DrawingSet = {
  style: string;
  /** Side of each in pixels. */
  size: number;
  /** [drawings, size, size, 4], the colours multiplied by alpha. */
  pixels: Uint8Array;
  /** Which concept each shows: indices into the concepts. */
  concepts: Int32Array;
};

/** What is trained on is kept at 64 pixels, as Noto and Twemoji come; OpenMoji's own small size is 72. */
export function sizeOf(style: Style): number {
  return style.use === 'report' ? 72 : 64;
}

/**
 * A style's drawings of the concepts, rasterised on the first call and kept in the cache folder from then on.
 * @param every 1 for all concepts, n to take each nth: for a trial run
 */
export async function readDrawings(style: Style, concepts: readonly Concept[], every = 1): Promise<DrawingSet> {
  const path = join(cacheFolder, `${style.name}${every === 1 ? '' : `-${every}`}.safetensors`);
  if (!existsSync(path)) await writeDrawings(path, drawAll(style, concepts, every));
  const file = await openSafetensors(await fileSource(path));
  try {
    const pixels = await file.readRaw('pixels');
    const indices = (await file.read('concepts')) as Int32Array;
    return { style: style.name, size: sizeOf(style), pixels, concepts: indices };
  } finally {
    await file.close();
  }
}

function drawAll(style: Style, concepts: readonly Concept[], every: number): DrawingSet {
  console.error(`Drawing ${style.name} (once) ...`);
  const size = sizeOf(style);
  const find = style.open();
  const drawn = concepts.flatMap((concept, index) => {
    if (index % every !== 0) return [];
    const source = find(concept);
    const drawing = source && rasterise(source, size);
    if (!drawing) return [];
    if (style.isLine) fillInside(drawing, size);
    return [{ index, drawing }];
  });
  const pixels = new Uint8Array(drawn.length * size * size * 4);
  for (const [row, { drawing }] of drawn.entries()) pixels.set(drawing, row * size * size * 4);
  return { style: style.name, size, pixels, concepts: Int32Array.from(drawn, ({ index }) => index) };
}

async function writeDrawings(path: string, { pixels, concepts, size }: DrawingSet): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const tensors = new Map<string, TensorData>([
    ['pixels', { dtype: 'U8', shape: [concepts.length, size, size, 4], data: pixels }],
    ['concepts', { dtype: 'I32', shape: [concepts.length], data: concepts }],
  ]);
  await writeFileAtomically(path, encodeSafetensors(tensors));
}

/** A drawing on white, as a picture that `preprocess` takes. */
export function onWhite({ pixels, size }: DrawingSet, row: number): Image {
  const drawing = pixels.subarray(row * size * size * 4, (row + 1) * size * size * 4);
  const data = new Uint8Array(size * size * 3);
  for (let at = 0; at < size * size; at++) {
    const white = 255 - (drawing[4 * at + 3] as number);
    for (let c = 0; c < 3; c++) data[3 * at + c] = (drawing[4 * at + c] as number) + white;
  }
  return { width: size, height: size, mode: 'RGB', data };
}
