// Spoils the demo's drawings in the ways in which data sets are spoiled, to see what `pairs check` says of each:
//   node build/examples/spoiled-pairs.js spoiled
//   clip-tfjs pairs check spoiled/pairs.csv --val spoiled/val.csv --concept-column concept --model emoji-clip --max-bad 0.1 --out check.html
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { composite } from '../src/image/composite.ts';
import { resize } from '../src/image/resize.ts';
import { toRgb } from '../src/image/to-rgb.ts';
import { encodeJpeg } from '../src/node/images/encode-jpeg.ts';
import { encodePng } from '../src/node/images/encode-png.ts';
import { readImage, readPairs } from '../src/node.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: node build/examples/spoiled-pairs.js FOLDER');
await mkdir(folder, { recursive: true });

const drawings: { image: string; title: string }[] = [];
const { pairs } = await readPairs(join('examples', 'drawings', 'drawings.csv'));
for await (const { image, texts } of pairs) drawings.push({ image, title: texts[0] as string });
const pathOf = (index: number) => relative(resolve(folder), (drawings[index] as (typeof drawings)[number]).image);
const titleOf = (index: number) => (drawings[index] as (typeof drawings)[number]).title;
const rowOf = (index: number) => `${pathOf(index)},${titleOf(index)},`;

/** A drawing on white. */
async function onWhite(index: number) {
  return toRgb(composite(await readImage((drawings[index] as (typeof drawings)[number]).image), [255, 255, 255]));
}

async function writePicture(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder as string, name), bytes);
  return name;
}

const [first, second, third] = [await onWhite(0), await onWhite(1), await onWhite(2)];
await copyFile((drawings[3] as (typeof drawings)[number]).image, join(folder, 'copy.png'));
const cut = (await readFile((drawings[4] as (typeof drawings)[number]).image)).subarray(0, 900);
const grey = { ...first, data: new Uint8Array(first.data.length).fill(200) };
const long = resize(third, 4 * third.width, third.height, 'bicubic');
const rows = [
  ...Array.from({ length: 40 }, (_, index) => rowOf(index)),
  `gone.png,a picture that is not there,`,
  `${await writePicture('cut.png', cut)},a picture that was cut off,`,
  `${await writePicture('compressed.jpg', await encodeJpeg(second, 60))},${titleOf(1)} once more,`,
  `copy.png,the same file under another name,`,
  `${pathOf(5)},${titleOf(5)},`,
  `${pathOf(6)},another caption of it,`,
  ...[41, 42, 43].map((index) => `${pathOf(index)},an emoji,`),
  `${await writePicture('grey.png', encodePng(grey))},a grey picture,`,
  `${await writePicture('long.png', encodePng(long))},a long picture,`,
  `${await writePicture('small.png', encodePng(resize(first, 24, 24, 'bicubic')))},a small picture,`,
  `${pathOf(44)},IMG_2041.JPG,`,
  `${pathOf(45)},from https://example.com/emoji?id=45,`,
  `${pathOf(46)},"<a href=""/emoji"">${titleOf(46)}</a>",`,
  `${pathOf(47)},${'a drawing of '.repeat(20)}${titleOf(47)},`,
  `${pathOf(48)},x,`,
  `${pathOf(49)},ein schÃ¶nes Bild,`,
  ...Array.from({ length: 12 }, (_, index) => `${pathOf(50 + index)},${titleOf(50 + index)},frequent`),
  `${pathOf(63)},${titleOf(63)},rare`,
];
const held = [...Array.from({ length: 10 }, (_, index) => rowOf(100 + index)), `${pathOf(7)},a leaked drawing,`];
await writeFile(join(folder, 'pairs.csv'), `filepath,title,concept\n${rows.join('\n')}\n`);
await writeFile(join(folder, 'val.csv'), `filepath,title,concept\n${held.join('\n')}\n`);
console.log(`wrote ${rows.length} pairs to ${join(folder, 'pairs.csv')}, ${held.length} to ${join(folder, 'val.csv')}`);
