// Pictures per second, from a JPEG of a megapixel in memory to the normalised 224 x 224 that the network takes, on one
// thread, beside Pillow and torchvision:
//   npx tsc -p tsconfig.test.json && node build/bench/preprocess.js
// Python is CLIP_TFJS_PYTHON, else .venv/bin/python as `npm run interop:setup` makes it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openaiPreprocess } from '../src/config.ts';
import { preprocess } from '../src/image/preprocess.ts';
import { readImage } from '../src/node.ts';

const count = 1000;
const distinct = 20;

type Seconds = { decode: number; preprocess: number };

async function timed(files: Uint8Array[]): Promise<Seconds> {
  const seconds: Seconds = { decode: 0, preprocess: 0 };
  const config = openaiPreprocess(224);
  for (let number = -distinct; number < count; number++) {
    const begin = performance.now();
    const image = await readImage(files.at(number % distinct)!);
    const decoded = performance.now();
    preprocess(image, config);
    const end = performance.now();
    if (number < 0) continue; // the first round warms up
    seconds.decode += (decoded - begin) / 1000;
    seconds.preprocess += (end - decoded) / 1000;
  }
  return seconds;
}

const directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
try {
  const python = process.env.CLIP_TFJS_PYTHON ?? '.venv/bin/python';
  const run = (...args: string[]) =>
    execFileSync(python, [join('bench', 'preprocess.py'), ...args], { encoding: 'utf8' });
  run('make', directory, String(distinct));
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
  const rows: [string, Seconds][] = [
    ['clip-tfjs', await timed(files)],
    ['Pillow and torchvision', JSON.parse(run('time', directory, String(count))) as Seconds],
  ];
  console.log(
    `${'per picture'.padEnd(24)}${'decode'.padStart(10)}${'preprocess'.padStart(12)}${'pictures/s'.padStart(12)}`,
  );
  for (const [name, { decode, preprocess }] of rows) {
    const milliseconds = (seconds: number) => `${((1000 * seconds) / count).toFixed(1)} ms`;
    const rate = (count / (decode + preprocess)).toFixed(1);
    console.log(
      name.padEnd(24) + milliseconds(decode).padStart(10) + milliseconds(preprocess).padStart(12) + rate.padStart(12),
    );
  }
} finally {
  rmSync(directory, { recursive: true });
}
