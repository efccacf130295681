// Exact search over random unit vectors, and near duplicates among all pairs of them; a few minutes on two cores:
//   npx tsc -p tsconfig.test.json && node build/bench/search.js [--rows 100000] [--width 512] [--rounds 50] [--duplicates 20000]
// Times in milliseconds: the fastest round and the median, by the clock and by what the processor worked (which other programs
// beside this one change less). Rows lie in shards of 20,000, as in a store. `--duplicates 0` leaves the pairs out.
import { parseArgs } from 'node:util';
import { normalNumbers } from '../src/random.ts';
import { duplicateSteps } from '../src/search/duplicates.ts';
import type { Entry } from '../src/search/entry.ts';
import type { Filter } from '../src/search/filter.ts';
import type { Matrix } from '../src/search/matrix.ts';
import { search } from '../src/search/search.ts';
import type { SearchIndex } from '../src/search/search-index.ts';
import { describeMachine } from './machine.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    width: { type: 'string', default: '512' },
    rounds: { type: 'string', default: '50' },
    duplicates: { type: 'string', default: '20000' },
  },
});
const [width, rounds] = [Number(options.width), Number(options.rounds)];
const shardRows = 20_000;

/** `spectrum`: how wide the vectors spread along each axis. */
function makeIndex(count: number, seed: number, spectrum: (axis: number) => number): SearchIndex {
  const normal = normalNumbers(seed);
  const spreads = Float64Array.from({ length: width }, (_, axis) => spectrum(axis));
  const matrices: Matrix[] = [];
  for (let start = 0; start < count; start += shardRows) {
    const rows = new Float32Array(Math.min(shardRows, count - start) * width);
    for (let offset = 0; offset < rows.length; offset += width)
      fillUnit(rows.subarray(offset, offset + width), (axis) => (spreads[axis] as number) * normal());
    matrices.push({ rows, embedDim: width });
  }
  const preprocess = { size: 224, mean: [0, 0, 0], std: [1, 1, 1], interpolation: 'bicubic' } as const;
  const header: SearchIndex['header'] = {
    format: 1,
    model: { name: 'random', hash: '' },
    embedDim: width,
    preprocess: { ...preprocess, resizeMode: 'shortest', order: 'openai', background: null },
    exifRotate: true,
    roots: [],
  };
  return { header, entries: Array.from({ length: count }, (_, row) => makeEntry(row)), matrices };
}

function makeEntry(row: number): Entry {
  const path = `photos/${2000 + (row % 25)}/holiday ${row % 100}/IMG_${row}.jpg`;
  return { id: row, path, size: row, modified: row, hash: String(row), width: 640, height: 480 };
}

function fillUnit(vector: Float32Array, value: (axis: number) => number): void {
  for (let axis = 0; axis < vector.length; axis++) vector[axis] = value(axis);
  const length = Math.hypot(...vector);
  for (let axis = 0; axis < vector.length; axis++) vector[axis] = (vector[axis] as number) / length;
}

function measure(what: string, run: () => void): void {
  const [clock, processor]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const usage = process.cpuUsage();
    const begin = performance.now();
    run();
    clock.push(performance.now() - begin);
    const { user, system } = process.cpuUsage(usage);
    processor.push((user + system) / 1000);
  }
  console.log(
    `| ${what} | ${[clock, processor]
      .flatMap((times) => [Math.min(...times), median(times)])
      .map(shown)
      .join(' | ')} |`,
  );
}

const shown = (milliseconds: number) => milliseconds.toFixed(1);

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
}

/** Every hundredth vector is made nearly that of the row before. */
function plantDuplicates({ matrices }: SearchIndex): void {
  const normal = normalNumbers(3);
  for (const { rows } of matrices)
    for (let offset = 100 * width; offset < rows.length; offset += 100 * width) {
      const before = rows.slice(offset - width, offset);
      fillUnit(
        rows.subarray(offset, offset + width),
        (axis) => (before[axis] as number) + (0.2 * normal()) / Math.sqrt(width),
      );
    }
}

function measureDuplicates(what: string, index: SearchIndex): void {
  plantDuplicates(index);
  const usage = process.cpuUsage();
  const steps = duplicateSteps(index);
  const times: number[] = [];
  for (;;) {
    const begin = performance.now();
    const { done, value } = steps.next();
    times.push(performance.now() - begin);
    if (!done) continue;
    const { user, system } = process.cpuUsage(usage);
    const total = times.reduce((sum, time) => sum + time, 0) / 1000;
    console.log(
      `| ${what} | ${value.length} | ${total.toFixed(1)} | ${((user + system) / 1e6).toFixed(1)} | ${shown(median(times))} | ${shown(Math.max(...times))} |`,
    );
    return;
  }
}

for (const [what, value] of Object.entries(describeMachine())) console.log(`${what}: ${value}`);
const rows = Number(options.rows);
const even = makeIndex(rows, 1, () => 1);
const query = new Float32Array(width);
fillUnit(query, normalNumbers(2));
console.log(`\n## ${rows} x ${width}, ${rounds} rounds\n`);
console.log(
  '| search | clock, fastest | clock, median | processor, fastest | processor, median |\n|---|---|---|---|---|',
);
const run = (k: number, filter?: Filter) => () => search(even, query, { k, ...(filter && { filter }) });
measure('top 10', run(10));
measure('top 1,000', run(1000));
measure('top 10 in a folder, 1 row in 25', run(10, { path: 'photos/2007/**' }));
measure('top 10 of a path that no row has', run(10, { path: 'nowhere' }));
console.log(
  `\nMemory, highest: ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB; vectors ${((rows * width * 4) / 1e9).toFixed(2)} GB`,
);

const count = Number(options.duplicates);
if (count > 0) {
  console.log(`\n## Near duplicates among ${count} x ${width}, threshold 0.95\n`);
  console.log(
    '| vectors | groups | clock, s | processor, s | step, median, ms | step, longest, ms |\n|---|---|---|---|---|---|',
  );
  // Embeddings of pictures differ mostly along a few axes; here the variance falls as 1 / axis.
  measureDuplicates(
    'variance 1 / axis',
    makeIndex(count, 4, (axis) => (axis + 1) ** -0.5),
  );
  measureDuplicates(
    'all directions alike (the worst case)',
    makeIndex(count, 5, () => 1),
  );
}
