/**
 * What should a label be weighed against, when several may be true? Compares "no dog" with neutral prompts, on the pictures that
 * calibrate.js leaves.
 *
 *   node build/examples/limits/calibrate.js && node build/examples/limits/negation.js
 */
import { join } from 'node:path';
import { backgroundCosine, buildBackground } from '../../src/classify/background.ts';
import { table } from '../../src/cli/output.ts';
import { dot } from '../../src/embed.ts';
import { auroc } from '../../src/evaluate/detection.ts';
import { readLabelledPictures } from '../../src/node/labelled-pictures.ts';
import { buildClassifier, embedFiles, findPictures, loadClip, useBackend } from '../../src/node.ts';
import { templates } from '../emoji/recipe.ts';
import { calibrationFolder, knownTable } from './folders.ts';

await useBackend();
using clip = await loadClip('emoji-clip');
const { pictures } = await readLabelledPictures(knownTable);
const labels = [...new Set(pictures.map(({ label }) => label))];
const { weights } = await buildClassifier(clip, labels, { templates });
const known = await embed(pictures.map(({ path }) => path));
const none = await findPictures(['noise', 'shapes'].map((kind) => join(calibrationFolder, kind)));
const unknown = await embed(none.map(({ path }) => path));

/** How much nearer a picture is to a label than to what stands against it. */
type Lead = (row: Float32Array, label: number) => number;

const background = await buildBackground(clip);
const leads: [against: string, Lead][] = [
  ['the nearest neutral prompt', (row, label) => similarity(row, label) - backgroundCosine(row, background)],
];
for (const negation of ['no {}', 'a picture without {}']) {
  const negated = await buildClassifier(clip, labels, { templates: [negation] });
  leads.push([`'${negation}'`, (row, label) => similarity(row, label) - dot(row, negated.weights[label]!)]);
}

const rows = leads.map(([against, lead]) => {
  const [own, others]: [number[], number[]] = [[], []];
  for (const [at, row] of known.entries())
    for (const [label, name] of labels.entries()) (name === pictures[at]!.label ? own : others).push(lead(row, label));
  for (const row of unknown) for (const label of labels.keys()) others.push(lead(row, label));
  const said = (list: readonly number[]) => list.filter((value) => value >= 0).length / list.length;
  return [`  ${against}`, auroc(own, others).toFixed(3), percent(said(own)), percent(said(others))];
});
console.log(`${labels.length} labels, ${known.length} pictures of one each, ${unknown.length} of none`);
console.log(table([['  a label against', 'AUROC', 'said where true', 'said where not'], ...rows]));

function similarity(row: Float32Array, label: number): number {
  return dot(row, weights[label]!);
}

async function embed(paths: string[]): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for await (const { embedding, error } of embedFiles(clip, paths)) {
    if (error) throw error;
    rows.push(embedding);
  }
  return rows;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
