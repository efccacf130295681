// What the difference hash of `pairs check` finds: the demo's drawings, each changed in a few ways, and how many of the pairs of
// different drawings it takes for the same; a minute:
//   npx tsc -p tsconfig.test.json && node build/bench/near-pictures.js
// Needs sharp.
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { type DifferenceHash, differenceHash } from '../src/image/difference-hash.ts';
import { toRgb } from '../src/image/to-rgb.ts';
import { readImage } from '../src/node/images/read-image.ts';
import { readPairs } from '../src/node/pairs.ts';
import { nearPictures } from '../src/node/pairs-check/near-pictures.ts';
import { coloursPerPicture } from '../src/node/pairs-check/pictures.ts';

const side = 224;
const changes: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  'JPEG, quality 75': (picture) => picture.jpeg({ quality: 75 }),
  'JPEG, quality 30': (picture) => picture.jpeg({ quality: 30 }),
  'WebP, quality 60': (picture) => picture.webp({ quality: 60 }),
  'half the side': (picture) => picture.resize(side / 2, side / 2).png(),
  'twice the side, JPEG': (picture) => picture.resize(2 * side, 2 * side).jpeg({ quality: 85 }),
  '5 % brighter': (picture) => picture.modulate({ brightness: 1.05 }).png(),
  '20 % more colour': (picture) => picture.modulate({ saturation: 1.2 }).png(),
  'cut by 2 % at each side': (picture) =>
    picture.extract({ left: 5, top: 5, width: side - 10, height: side - 10 }).png(),
  mirrored: (picture) => picture.flop().png(),
};

async function hashOf(bytes: Uint8Array): Promise<DifferenceHash> {
  return differenceHash(toRgb(await readImage(new Uint8Array(bytes))));
}

/** For each picture, the first that it is taken for. */
function groupsOf(hashes: readonly DifferenceHash[]): Uint32Array {
  const count = hashes.length;
  const all = { bits: new Uint32Array(4 * count), colours: new Uint8Array(coloursPerPicture * count) };
  for (const [place, { bits, colours }] of hashes.entries()) {
    all.bits.set(bits, 4 * place);
    all.colours.set(colours, coloursPerPicture * place);
  }
  return nearPictures({
    unreadable: new Map(),
    sameAs: Uint32Array.from({ length: count }, (_, place) => place),
    marked: new Uint8Array(count),
    hashes: all.bits,
    colours: all.colours,
  });
}

const { pairs } = await readPairs(join('examples', 'drawings', 'drawings.csv'));
const flat: Buffer[] = [];
for await (const { image } of pairs)
  flat.push(await sharp(image).resize(side, side).flatten({ background: '#fff' }).png().toBuffer());
const hashes = await Promise.all(flat.map(hashOf));
const twins = groupsOf(hashes).filter((first, place) => first !== place).length;
console.log(`${flat.length} drawings: ${twins} taken for another of them`);
for (const [name, change] of Object.entries(changes)) {
  const changed = await Promise.all(flat.map(async (picture) => hashOf(await change(sharp(picture)).toBuffer())));
  const groups = groupsOf([...hashes, ...changed]);
  const found = hashes.filter((_, place) => groups[place] === groups[hashes.length + place]).length;
  console.log(`${name.padEnd(24)} ${((100 * found) / flat.length).toFixed(1).padStart(5)} % found`);
}
