// Figures of the index on disk: `node --expose-gc build/bench/store.js [ROWS] [EMBED_DIM]`. Makes one in the temporary
// directory with random rows, then opens it, reads it part by part, and changes it. Prints JSON.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openaiPreprocess } from '../src/config.ts';
import { createIndex, openIndex, openIndexForWriting, readIndexParts } from '../src/node/store/store.ts';
import { uniformNumbers } from '../src/random.ts';

const [first = '100000', second = '512', directory = ''] = process.argv.slice(2);
const embedDim = Number(second);
const tasks: Record<string, (directory: string) => Promise<unknown>> = {
  open: async (directory) => {
    const { index } = await openIndex(directory);
    return index.entries.length;
  },
  parts: async (directory) => {
    let rows = 0;
    for await (const { entries } of readIndexParts(directory)) rows += entries.length;
    return rows;
  },
  writer: async (directory) => {
    const writer = await openIndexForWriting(directory);
    await writer.close();
  },
  append: async (directory) => {
    const writer = await openIndexForWriting(directory);
    const start = performance.now();
    for (let i = 0; i < 20; i++) await writer.append(entriesOf(256), vectorsOf(256));
    const each = (performance.now() - start) / 20;
    await writer.close();
    return { 'ms per commit of 256 rows': Math.round(each) };
  },
  compact: async (directory) => {
    const writer = await openIndexForWriting(directory);
    await writer.remove(writer.entries.filter((_, i) => i % 10 === 0).map(({ id }) => id));
    await writer.compact();
    await writer.close();
  },
};

const uniform = uniformNumbers(1);

function entriesOf(count: number) {
  return Array.from({ length: count }, () => {
    const name = Math.floor(uniform() * 1e9);
    const hash = name.toString(16).padStart(8, '0').repeat(8);
    const path = `/home/someone/Pictures/2024/holiday/IMG_${name}.jpg`;
    return { path, size: name, modified: 1.7e12 + name / 7, hash, width: 4032, height: 3024 };
  });
}

function vectorsOf(count: number): Float32Array[] {
  return Array.from({ length: count }, () => {
    const row = Float32Array.from({ length: embedDim }, () => uniform() - 0.5);
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
}

/** Each task in a process of its own, whose memory is its own; the fastest of some. */
function measure(task: string, directory: string, times: number) {
  let best: { ms: number } | undefined;
  for (let i = 0; i < times; i++) {
    const args = [process.argv[1]!, task, second, directory];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const result = JSON.parse(stdout);
    if (!best || result.ms < best.ms) best = result;
  }
  return best;
}

const task = tasks[first];
if (task) {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await task(directory);
  const ms = Math.round(performance.now() - start);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const { user, system } = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      ms,
      'ms of processors': Math.round((user + system) / 1000),
      'most memory, MB': megabytes,
      result,
    }),
  );
} else {
  const place = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  try {
    const store = join(place, 'store');
    const model = { name: 'random', hash: '0'.repeat(64) };
    const header = {
      format: 1,
      model,
      embedDim,
      preprocess: openaiPreprocess(224),
      exifRotate: true,
      roots: [],
    } as const;
    const writer = await createIndex(store, header);
    for (let left = Number(first); left > 0; left -= 10_000)
      await writer.append(entriesOf(Math.min(left, 10_000)), vectorsOf(Math.min(left, 10_000)));
    await writer.close();
    for (const [name, times] of [
      ['open', 5],
      ['parts', 3],
      ['writer', 3],
      ['append', 1],
      ['compact', 1],
      ['open', 5],
    ] as const)
      console.log(name, JSON.stringify(measure(name, store, times)));
  } finally {
    await rm(place, { recursive: true });
  }
}
