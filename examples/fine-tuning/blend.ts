/**
 * Half the way (WiSE-FT): blends a fine-tuned emoji-clip with its start, and measures each blend on the new style and on what it knew. Fails
 * where half the way is not better than both ends, by the sum.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/blend.js               # of the mode `full`; the plot: examples/fine-tuning/cache/wise-ft.html
 *   node build/examples/fine-tuning/blend.js lock-image    # of another, which trains in a fraction of the time
 */
import { join } from 'node:path';
import { clipTfjs } from './command.ts';
import { cacheFolder, guardTable, newTable, runsFolder } from './folders.ts';
import { percent } from './measure.ts';
import { modes, train } from './train.ts';

const [name = 'full'] = process.argv.slice(2);
const options = modes[name as keyof typeof modes];
if (!options) throw new Error(`Cannot blend '${name}': expected one of ${Object.keys(modes).join(', ')}`);
await train(name, ...options);
const { json } = await clipTfjs(
  ...['wise-ft', 'emoji-clip', join(runsFolder, name), '--sweep', '--data', newTable, '--guard', guardTable],
  ...['--template-set', 'drawings', '--report', join(cacheFolder, 'wise-ft.html'), '--out', join(runsFolder, 'blend')],
);
type Point = { alpha: number; data: { value: number }; guard: { value: number }; sum: number };
const points = json.points as Point[];
console.log('| alpha | new style, top-1 | guard, top-1 | sum |\n| --- | --- | --- | --- |');
for (const { alpha, data, guard, sum } of points)
  console.log(`| ${alpha} | ${percent(data.value)} | ${percent(guard.value)} | ${percent(sum)} |`);
const sumAt = (wanted: number) => (points.find(({ alpha }) => alpha === wanted) as Point).sum;
if (!(sumAt(0.5) > Math.max(sumAt(0), sumAt(1)))) throw new Error('half the way is not better than both ends');
