/**
 * Writes examples/drawings, a few hundred of the drawings as files: what `npm run demo` shows.
 *
 *   npm run demo-drawings
 */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { writeFileAtomically } from '../../src/node/files.ts';
import { readConcepts } from './concepts.ts';
import { type DrawingSet, readDrawings } from './drawings.ts';
import { dashed, styles } from './styles.ts';

const folder = resolve('examples', 'drawings');

/** Which concepts are taken of a style, by their place in emojibase's order, flags left out. */
const chosen = [
  { name: 'noto', every: 4 },
  { name: 'streamline', every: 36 },
];

const concepts = readConcepts();
const lines = ['filepath,title'];
for (const { name, every } of chosen) {
  await rm(join(folder, name), { recursive: true, force: true });
  await mkdir(join(folder, name), { recursive: true });
  const set = await readDrawings(styles.find((style) => style.name === name)!, concepts);
  for (const [row, index] of set.concepts.entries()) {
    const { label, isFlag } = concepts[index]!;
    if (isFlag || index % every !== 0) continue;
    const file = `${name}/${dashed(label)}.png`;
    await writeFileAtomically(join(folder, file), [encodeDrawing(set, row)]);
    lines.push(`${file},${/[",]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label}`);
  }
}
await writeFileAtomically(join(folder, 'drawings.csv'), `${lines.join('\n')}\n`);
console.log(`${lines.length - 1} drawings in ${folder}`);

/** A drawing as a PNG file, with its transparency. */
function encodeDrawing({ pixels, size }: DrawingSet, row: number): Buffer {
  const png = new PNG({ width: size, height: size });
  for (let at = 0; at < size * size; at++) {
    const pixel = pixels.subarray(4 * (row * size * size + at), 4 * (row * size * size + at + 1));
    const alpha = pixel[3] as number;
    for (let c = 0; c < 3; c++)
      png.data[4 * at + c] = alpha === 0 ? 0 : Math.round(((pixel[c] as number) * 255) / alpha);
    png.data[4 * at + 3] = alpha;
  }
  return PNG.sync.write(png);
}
