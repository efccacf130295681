/**
 * How many labelled pictures does emoji-clip need to tell kinds of things apart in a style that it never saw? Compares words alone, a
 * Tip-Adapter and a linear probe on OpenMoji's drawings, by pictures per class.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/limits/probe.js     # writes examples/limits/cache/probe: training.csv, validation.csv, test.csv
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/node/files.ts';
import { buildClassifier, embedLabelled, loadClip, readLabelledPictures, useBackend } from '../../src/node.ts';
import {
  buildTipAdapter,
  fitLinearProbe,
  type LabelledFeatures,
  measureProbe,
  type Probe,
  searchTipAdapter,
  sweepLinearProbe,
  takeShots,
} from '../../src/train.ts';
import { readConcepts } from '../emoji/concepts.ts';
import { drawingsTable, writeDrawings } from './drawings.ts';
import { probeFolder } from './folders.ts';

/** Draws of a handful: the figures are their means. */
const seeds = [1, 2, 3];

if (!existsSync(drawingsTable)) await writeDrawings();
await writeTables();
await useBackend();
const clip = await loadClip('emoji-clip');
const [training, validation, test] = (await Promise.all(['training', 'validation', 'test'].map(readSet))) as [
  Named,
  Named,
  Named,
];
const classes = [...new Set(training.names)].sort();
const zeroShot = await buildClassifier(clip, classes, { templates: ['{}', 'a drawing of {}'] });
const [pool, choice, unseen] = [
  await featuresOf(training),
  await featuresOf(validation),
  await featuresOf(test),
] as const;
const { logitScale } = clip;
clip.dispose();

console.log(
  `${classes.length} classes, ${pool.labels.length} training, ${choice.labels.length} validation and ${unseen.labels.length} test pictures\n`,
);
const words = buildTipAdapter(zeroShot, pool.features, pool.labels, { logitScale, alpha: 0 });
console.log(`words alone                     ${percent(accuracyOf(words))}\n`);
console.log('pictures per class  Tip-Adapter  linear probe');
for (const shots of [1, 2, 4, 8, 16, 32]) {
  const results: [number, number][] = [];
  for (const seed of seeds) {
    const { taken } = takeShots(pool.labels, shots, seed);
    results.push(await compare(picked(pool, taken)));
  }
  const mean = (place: 0 | 1) => results.reduce((sum, result) => sum + result[place], 0) / results.length;
  console.log(rowOf(`${shots}`, [mean(0), mean(1)]));
}
const [adapted, fitted] = await compare(pool);
console.log(rowOf('all', [adapted, fitted]));
if (fitted < accuracyOf(words) + 0.1) throw new Error('Not what was expected: pictures say no more than words');

/** What a Tip-Adapter and a linear probe of these pictures get right, alpha, beta and C chosen on the validation pictures. */
async function compare(few: LabelledFeatures): Promise<[tip: number, linear: number]> {
  const adapter = buildTipAdapter(zeroShot, few.features, few.labels, { logitScale });
  const { best } = await sweepLinearProbe(few, choice, { classes });
  const linear = await fitLinearProbe(few.features, few.labels, { classes, c: best.c });
  return [accuracyOf(searchTipAdapter(adapter, choice).adapter), accuracyOf(linear)];
}

function accuracyOf(probe: Probe): number {
  return measureProbe(unseen.features, unseen.labels, probe).accuracy;
}

type Named = { pictures: Awaited<ReturnType<typeof readLabelledPictures>>['pictures']; names: string[] };

async function readSet(name: string): Promise<Named> {
  const { pictures } = await readLabelledPictures(join(probeFolder, `${name}.csv`));
  return { pictures, names: pictures.map(({ label }) => label) };
}

async function featuresOf({ pictures, names }: Named): Promise<LabelledFeatures> {
  const { embeddings: features } = await embedLabelled(clip, pictures, { unit: false });
  return { features, labels: names.map((name) => classes.indexOf(name)) };
}

function picked({ features, labels }: LabelledFeatures, places: readonly number[]): LabelledFeatures {
  return {
    features: places.map((place) => features[place] as Float32Array),
    labels: places.map((place) => labels[place] as number),
  };
}

/** By emojibase's groups, without people, of whom there are three drawings of most; in turn for training, validation and test. */
async function writeTables(): Promise<void> {
  await mkdir(probeFolder, { recursive: true });
  const concepts = readConcepts().filter(({ isFlag, group }) => !isFlag && group !== 'people & body');
  for (const [name, turns] of [
    ['training', [0, 1]],
    ['validation', [2]],
    ['test', [3]],
  ] as const) {
    const own = concepts.filter((_, index) => (turns as readonly number[]).includes(index % 4));
    const rows = own.map(({ code, group }) => `../openmoji/${code}.png,${group}`);
    await writeFileAtomically(join(probeFolder, `${name}.csv`), `filepath,label\n${rows.join('\n')}\n`);
  }
}

function rowOf(name: string, shares: readonly number[]): string {
  return [name.padStart(18), ...shares.map((share) => percent(share).padStart(11))].join('  ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
