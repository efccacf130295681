/**
 * When should emoji-clip say "I don't know"? Calibrates it on drawings of animals and food in a style that it never saw, against
 * noise and plain shapes, and tries it on those and on drawings of other things. Needs `npm ci` in examples/emoji.
 *
 *   node build/examples/limits/calibrate.js
 *
 * Writes build/limits: the pictures, classifier.safetensors, report.html.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../../src/image/image.ts';
import { writeFileAtomically } from '../../src/node/files.ts';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { uniformNumbers } from '../../src/random.ts';
import { type Concept, readConcepts } from '../emoji/concepts.ts';
import { onWhite, readDrawings } from '../emoji/drawings.ts';
import { templates } from '../emoji/recipe.ts';
import { styles } from '../emoji/styles.ts';
import { drawNoise, drawShape } from './shapes.ts';

const folder = join('build', 'limits');
const classifier = join(folder, 'classifier.safetensors');
const report = join(folder, 'report.html');
const table = join(folder, 'known.csv');
const countOfKind = 200;

const isLiving = ({ subgroup }: Concept) =>
  /^(mammals|birds|amphibians|reptiles|marine life|bugs|flowers|other plants|fruit|vegetables|cooked|asian|sweets)/.test(
    subgroup,
  );
const isClass = (concept: Concept) => isLiving(concept) && !concept.isHeldOut;

await rm(folder, { recursive: true, force: true });
await writeDrawings();
const uniform = uniformNumbers(3);
for (const [kind, draw] of [
  ['noise', drawNoise],
  ['shapes', drawShape],
] as const) {
  await mkdir(join(folder, kind), { recursive: true });
  for (let index = 0; index < countOfKind; index++)
    await writePicture(join(folder, kind, `${index}.png`), draw(uniform));
}

const withTemplates = templates.flatMap((template) => ['--template', template]);
const unknown = [join(folder, 'noise'), join(folder, 'shapes')];
const options = ['--model', 'emoji-clip', ...withTemplates];
const fit = ['--unknown', ...unknown, '--false-accepts', '0.05', '--out', classifier, '--report', report];
console.log(clipTfjs('calibrate', table, ...options, ...fit));

console.log('With that classifier, and with neutral prompts in its place, an answer is given to');
const labels = [
  ...new Set(
    readConcepts()
      .filter(isClass)
      .map(({ label }) => label),
  ),
];
await writeFileAtomically(join(folder, 'labels.txt'), `${labels.join('\n')}\n`);
const careful = ['--classifier', classifier];
const neutral = ['--labels-file', join(folder, 'labels.txt'), ...withTemplates, '--background'];
for (const kind of ['known', 'noise', 'shapes', 'other']) {
  const [one, two] = [careful, neutral].map((given) => answered(join(folder, kind), given));
  console.log(`  ${kind.padEnd(8)} ${one}   ${two}`);
}

/** Drawings of the classes with a table of their names, and of every fourth concept that is none of them. */
async function writeDrawings(): Promise<void> {
  const concepts = readConcepts();
  const set = await readDrawings(styles.find(({ name }) => name === 'openmoji')!, concepts);
  for (const kind of ['known', 'other']) await mkdir(join(folder, kind), { recursive: true });
  const lines = ['filepath,label'];
  for (const [row, index] of set.concepts.entries()) {
    const concept = concepts[index]!;
    const kind = isClass(concept) ? 'known' : 'other';
    if (kind === 'other' && (isLiving(concept) || concept.isFlag || index % 4 !== 0)) continue;
    await writePicture(join(folder, kind, `${concept.code}.png`), onWhite(set, row));
    if (kind === 'known') lines.push(`known/${concept.code}.png,${concept.label}`);
  }
  await writeFileAtomically(table, `${lines.join('\n')}\n`);
}

function writePicture(path: string, image: Image): Promise<void> {
  return writeFileAtomically(path, [encodePng(image)]);
}

/** The share of a folder's pictures that get an answer. */
function answered(pictures: string, given: readonly string[]): string {
  const { results } = JSON.parse(clipTfjs('classify', pictures, '--model', 'emoji-clip', ...given, '--json')) as {
    results: { best: object | null }[];
  };
  const share = results.filter(({ best }) => best).length / results.length;
  return `${(100 * share).toFixed(1).padStart(5)} % of ${results.length}`;
}

function clipTfjs(...args: string[]): string {
  const main = join('build', 'src', 'cli', 'main.js');
  return execFileSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
}
