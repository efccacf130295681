/**
 * When should emoji-clip say "I don't know"? Calibrates it on drawings of animals and food in a style that it never saw, against
 * noise and plain shapes, and tries it on those and on drawings of other things.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/limits/calibrate.js     # writes examples/limits/cache/calibration: classifier.safetensors, report.html
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/node/files.ts';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { uniformNumbers } from '../../src/random.ts';
import { type Concept, readConcepts } from '../emoji/concepts.ts';
import { drawingsFolder, drawingsTable, templatesFile, writeDrawings } from './drawings.ts';
import { calibrationFolder, knownTable } from './folders.ts';
import { drawNoise, drawShape } from './shapes.ts';

const classifier = join(calibrationFolder, 'classifier.safetensors');
const report = join(calibrationFolder, 'report.html');
const labelsFile = join(calibrationFolder, 'labels.txt');
const countOfKind = 200;

const isLiving = ({ subgroup }: Concept) =>
  /^(mammals|birds|amphibians|reptiles|marine life|bugs|flowers|other plants|fruit|vegetables|cooked|asian|sweets)/.test(
    subgroup,
  );
const isClass = (concept: Concept) => isLiving(concept) && !concept.isHeldOut;

if (!existsSync(drawingsTable)) await writeDrawings();
await rm(calibrationFolder, { recursive: true, force: true });
await writeNothings();
const concepts = readConcepts().filter(({ isFlag }) => !isFlag);
const classes = concepts.filter(isClass);
/** Every fourth drawing that is neither an animal nor food. */
const others = concepts.filter((concept, index) => !isLiving(concept) && index % 4 === 0);
const fileOf = ({ code }: Concept) => join(drawingsFolder, `${code}.png`);
const rows = classes.map(({ code, label }) => `../openmoji/${code}.png,${label}`);
await writeFileAtomically(knownTable, `filepath,label\n${rows.join('\n')}\n`);
await writeFileAtomically(labelsFile, `${classes.map(({ label }) => label).join('\n')}\n`);

const [noise, shapes] = ['noise', 'shapes'].map((kind) => join(calibrationFolder, kind)) as [string, string];
const templates = ['--templates-file', templatesFile];
const fit = ['--unknown', noise, shapes, '--false-accepts', '0.05', '--out', classifier, '--report', report];
console.log(clipTfjs('calibrate', knownTable, '--model', 'emoji-clip', ...templates, ...fit));

console.log('An answer is given, by that classifier and by neutral prompts in its place, to');
const kinds: [kind: string, paths: string[], expected: (calibrated: number) => boolean][] = [
  ['the classes', classes.map(fileOf), (share) => share > 0.6],
  ['noise', [noise], (share) => share < 0.05],
  ['shapes', [shapes], (share) => share < 0.15],
  ['other drawings', others.map(fileOf), (share) => share < 0.3],
];
for (const [kind, paths, expected] of kinds) {
  const calibrated = answered(paths, ['--classifier', classifier]);
  const neutral = answered(paths, ['--labels-file', labelsFile, ...templates, '--background']);
  console.log([kind.padEnd(14), ...[calibrated, neutral].map(percent), `of ${neutral.count}`].join('  '));
  if (!expected(calibrated.share)) throw new Error(`Not what was expected of ${kind}: ${percent(calibrated)}`);
}

async function writeNothings(): Promise<void> {
  const uniform = uniformNumbers(3);
  for (const [kind, draw] of [
    ['noise', drawNoise],
    ['shapes', drawShape],
  ] as const) {
    const folder = join(calibrationFolder, kind);
    await mkdir(folder, { recursive: true });
    for (let index = 0; index < countOfKind; index++)
      await writeFileAtomically(join(folder, `${index}.png`), [encodePng(draw(uniform))]);
  }
}

/** The share of pictures that get an answer. */
function answered(pictures: readonly string[], given: readonly string[]): { share: number; count: number } {
  const { results } = JSON.parse(clipTfjs('classify', ...pictures, '--model', 'emoji-clip', ...given, '--json')) as {
    results: { best: object | null }[];
  };
  return { share: results.filter(({ best }) => best).length / results.length, count: results.length };
}

function percent({ share }: { share: number }): string {
  return `${(100 * share).toFixed(1).padStart(5)} %`;
}

function clipTfjs(...args: string[]): string {
  const main = join('build', 'src', 'cli', 'main.js');
  return execFileSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
}
