import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../../../src/node/images/encode-png.ts';
import { type Clip, createTokenizer, initClip, trainBpe } from '../../../src/node.ts';
import { tinyConfig } from '../../tiny.ts';

const colours = {
  red: [220, 30, 30],
  green: [30, 160, 40],
  blue: [30, 60, 210],
  yellow: [230, 210, 40],
  black: [20, 20, 20],
  white: [245, 245, 245],
} as const;

const shapes = {
  square: (x: number, y: number) => Math.abs(x) < 0.5 && Math.abs(y) < 0.5,
  circle: (x: number, y: number) => x * x + y * y < 0.3,
  cross: (x: number, y: number) => Math.abs(x) < 0.18 || Math.abs(y) < 0.18,
  stripes: (_: number, y: number) => Math.floor((y + 1) * 4) % 2 === 0,
} as const;

/** Pictures of coloured shapes, 20 x 20 pixels. @returns their paths from `folder`, and captions */
export function writeShapes(folder: string): { image: string; text: string }[] {
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  return Object.entries(colours).flatMap(([colour, rgb]) =>
    Object.entries(shapes).map(([shape, contains]) => {
      const side = 20;
      const data = new Uint8Array(3 * side * side);
      for (let at = 0; at < side * side; at++) {
        const isOn = contains((2 * (at % side)) / side - 1, (2 * Math.floor(at / side)) / side - 1);
        for (let c = 0; c < 3; c++) data[3 * at + c] = isOn ? (rgb[c] as number) : 180 - 20 * c;
      }
      const image = `pictures/${colour}-${shape}.png`;
      writeFileSync(join(folder, image), encodePng({ width: side, height: side, mode: 'RGB', data }));
      return { image, text: `a ${colour} ${shape}` };
    }),
  );
}

/** The same with a table `pairs.csv`. @returns its path */
export function writeShapeTable(folder: string): string {
  const rows = writeShapes(folder).map(({ image, text }) => `${image},${text}`);
  const path = join(folder, 'pairs.csv');
  writeFileSync(path, `filepath,title\n${rows.join('\n')}\n`);
  return path;
}

/** A model that learns them in seconds. */
export function shapeClip(seed = 1): Clip {
  const captions = Object.keys(colours).flatMap((colour) => Object.keys(shapes).map((shape) => `a ${colour} ${shape}`));
  const vocabulary = trainBpe(captions, 560);
  const { text, ...config } = tinyConfig();
  return initClip({ ...config, text: { ...text!, vocabSize: vocabulary.ids.size, contextLength: 16 } }, seed, () =>
    createTokenizer(vocabulary, 16),
  );
}
