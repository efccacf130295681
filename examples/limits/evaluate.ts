/**
 * Evaluates emoji-clip on drawings in a style that it never saw, and holds the result against what the model's card says.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/limits/evaluate.js     # writes examples/limits/cache/evaluation.html
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawingsTable, labelsFile, templatesFile, writeDrawings } from './drawings.ts';
import { cacheFolder } from './folders.ts';

if (!existsSync(drawingsTable)) await writeDrawings();
const options = ['--model', 'emoji-clip', '--labels-file', labelsFile, '--templates-file', templatesFile];
const report = join(cacheFolder, 'evaluation.html');
const output = execFileSync(
  process.execPath,
  [join('build', 'src', 'cli', 'main.js'), 'evaluate', drawingsTable, ...options, '--report', report, '--json'],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
);
const { metrics, intervals, calibration, aurc, count, classCount, modelHash } = JSON.parse(output);

const card = JSON.parse(readFileSync(join('weights', 'emoji-clip', 'evaluation.json'), 'utf8')) as Row[];
type Row = { style: string; top1: number; top5: number; drawings: number; labels: number };
const { top1, top5, drawings, labels } = card.find(({ style }) => style === 'openmoji')!;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
console.log(`emoji-clip ${modelHash.slice(0, 12)} on ${count} drawings of OpenMoji, ${classCount} labels`);
for (const [name, expected] of Object.entries({ acc1: top1, acc5: top5 })) {
  const { low, high } = intervals[name];
  console.log(
    `${name}  ${percent(metrics[name])} (95 %: ${percent(low)} to ${percent(high)}), on its card ${percent(expected)}`,
  );
}
console.log(`mean per-class recall ${percent(metrics.mean_per_class_recall)}`);
console.log(
  `mean confidence ${percent(calibration.meanConfidence)}, calibration error ${percent(calibration.ece)}, AURC ${aurc.toFixed(3)}`,
);
if (
  count !== drawings ||
  classCount !== labels ||
  Math.round(metrics.acc1 * count) !== Math.round(top1 * count) ||
  Math.round(metrics.acc5 * count) !== Math.round(top5 * count)
)
  throw new Error(`The figures are not those of the card: ${JSON.stringify({ count, classCount, ...metrics })}`);
