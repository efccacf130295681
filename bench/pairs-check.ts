// How long `pairs check` takes, and how much memory, for a table of so many rows over so many JPEGs in a temporary folder; and how long it
// takes to find the near ones among so many hashes:
//   npx tsc -p tsconfig.test.json && node build/bench/pairs-check.js [--rows 100000] [--pictures 100000] [--side 256] [--hashes 100000]
// 100,000 pictures need 1 GB of disk and some minutes to be made, which is not counted. Needs sharp. Seconds are those of the clock and
// those that the processors worked, which other programs beside this one change less.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { readPairs } from '../src/node/pairs.ts';
import { checkPairs } from '../src/node/pairs-check/check.ts';
import { uniformNumbers } from '../src/random.ts';
import { DisjointSets } from '../src/search/disjoint-sets.ts';
import { joinNearHashes } from '../src/search/near-hashes.ts';
import { describeMachine } from './machine.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    pictures: { type: 'string', default: '100000' },
    side: { type: 'string', default: '256' },
    hashes: { type: 'string', default: '100000' },
  },
});
const [rows, count, side, hashes] = [options.rows, options.pictures, options.side, options.hashes].map(Number) as [
  number,
  number,
  number,
  number,
];
const uniform = uniformNumbers(1);
const words = 'red blue old new small large dog cat bus tree house street river child woman man sky table window'.split(
  ' ',
);

/** Soft blobs of colour: a JPEG of about 10 kB. */
async function writePicture(path: string): Promise<void> {
  const channels = 3;
  const blobs = Uint8Array.from({ length: 16 * 16 * channels }, () => Math.floor(256 * uniform()));
  const picture = sharp(blobs, { raw: { width: 16, height: 16, channels } }).resize(side, side, { kernel: 'cubic' });
  await writeFile(path, await picture.jpeg({ quality: 85 }).toBuffer());
}

/** @returns what the work gave, and how long it took */
async function timed<T>(work: () => T | Promise<T>): Promise<{ result: T; time: string }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  return { result, time: `${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of the processors` };
}

/** Pictures in groups of up to three that differ in a bit or two, and many with flat parts, as real ones have. */
function makeHashes(): Uint32Array {
  const bits = Uint32Array.from({ length: 4 * hashes }, () => Math.floor(2 ** 32 * uniform()));
  for (let row = 0; row < hashes; row++) {
    const kind = row % 10;
    if (kind < 4) bits[4 * row + kind] = 0; // a quarter of the picture is flat
    if (kind === 9) bits.copyWithin(4 * row, 4 * row - 4, 4 * row); // a copy of the one before
    if (kind === 9) bits[4 * row]! ^= 1;
  }
  return bits;
}

const folder = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
try {
  const names = Array.from({ length: count }, (_, picture) => `${Math.floor(picture / 1000)}/${picture}.jpg`);
  for (const [picture, name] of names.entries()) {
    if (picture % 1000 === 0) await mkdir(join(folder, String(picture / 1000)));
    await writePicture(join(folder, name));
  }
  const word = () => words[Math.floor(words.length * uniform())];
  const lines = Array.from(
    { length: rows },
    (_, row) => `${names[row % count]},${Array.from({ length: 8 }, word).join(' ')}`,
  );
  const table = join(folder, 'pairs.csv');
  await writeFile(table, `filepath,title\n${lines.join('\n')}\n`);
  console.log(describeMachine());
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const before = process.memoryUsage.rss();
  const data = await timed(() => readPairs(table));
  const check = await timed(() => checkPairs({ data: data.result }));
  const { verdict, findings } = check.result;
  console.log(`${rows} rows, ${count} pictures of ${side} x ${side}: ${verdict}, ${findings.length} findings`);
  console.log(`the table is read in ${data.time}; checked in ${check.time}`);
  console.log(
    `memory, threads included: ${megabytes(before)} before, ${megabytes(process.resourceUsage().maxRSS * 1024)} at most`,
  );
} finally {
  await rm(folder, { recursive: true });
}
const sets = new DisjointSets(hashes);
const bits = makeHashes();
const { time } = await timed(() => joinNearHashes(bits, 6, () => true, sets));
console.log(`${sets.groups().length} groups of near ones among ${hashes} hashes in ${time}`);
