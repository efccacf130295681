/**
 * A new style for emoji-clip: OpenMoji, which it was not trained on, two drawings of each thing: in colour, and in black lines. Half of
 * the things are for training, the other half for the test; Noto's drawings, which it knows well, are the guard set.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/style.js     # writes examples/fine-tuning/cache/data
 *
 * OpenMoji (https://openmoji.org) is by the OpenMoji project, under CC BY-SA 4.0; Noto is by Google, under Apache 2.0.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Image } from '../../src/image/image.ts';
import { writeFileAtomically } from '../../src/node/files.ts';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { permutation } from '../../src/random.ts';
import { type Concept, codeOf, readConcepts } from '../emoji/concepts.ts';
import { type DrawingSet, onWhite, readDrawings } from '../emoji/drawings.ts';
import { packageFile } from '../emoji/folders.ts';
import { rasterise } from '../emoji/rasterise.ts';
import { templates } from '../emoji/recipe.ts';
import { styles } from '../emoji/styles.ts';
import { guardTable, newTable, trainingFile } from './folders.ts';

const seed = 8;

/** Pixels of a side. */
const size = 72;

/** Writes the drawings where they are not there yet. */
export async function readyStyle(): Promise<void> {
  if (!existsSync(guardTable)) await writeStyle();
}

/** @returns how many drawings are in each set */
export async function writeStyle(): Promise<{ training: number; new: number; guard: number }> {
  const concepts = readConcepts();
  const things = concepts.filter(({ isFlag }) => !isFlag);
  const drawn = (['color', 'black'] as const).map((kind) => openMoji(kind));
  const order = permutation(things.length, seed);
  const isForTest = new Set(order.subarray(0, Math.floor(things.length / 2)));
  const training: string[] = [];
  const test = ['filepath,label'];
  for (const [index, concept] of things.entries())
    for (const [kind, draw] of drawn.entries()) {
      const image = draw(concept);
      if (!image) continue;
      const file = `openmoji/${concept.code}-${kind}.png`;
      await writePicture(file, image);
      if (isForTest.has(index)) test.push(`${file},${cell(concept.label)}`);
      else training.push(pairLine(file, concept));
    }
  const guard = ['filepath,label'];
  const noto = await readDrawings(styles.find(({ name }) => name === 'noto')!, concepts);
  for (const [row, index] of noto.concepts.entries()) {
    const { code, label, isFlag, isHeldOut } = concepts[index]!;
    if (isFlag || isHeldOut || row % 2 === 1) continue; // half of them are enough for two digits
    await writePicture(`noto/${code}.png`, onWhite(noto, row));
    guard.push(`noto/${code}.png,${cell(label)}`);
  }
  await writeLines(trainingFile, training);
  await writeLines(newTable, test);
  await writeLines(guardTable, guard);
  return { training: training.length, new: test.length - 1, guard: guard.length - 1 };
}

/** A drawing is shown with one of its prompts, drawn anew each time. */
function pairLine(image: string, { label }: Concept): string {
  return JSON.stringify({ image, texts: templates.map((template) => template.replace('{}', label)), concept: label });
}

/** Makes what draws a concept on white; undefined where the set has none. */
function openMoji(kind: 'color' | 'black'): (concept: Concept) => Image | undefined {
  const folder = packageFile('openmoji', kind, 'svg');
  const files = new Map(readdirSync(folder).map((file) => [codeOf(file.replace('.svg', '')), join(folder, file)]));
  return ({ code }) => {
    const path = files.get(code);
    const pixels = path && rasterise({ svg: readFileSync(path, 'utf8') }, size);
    if (!pixels) return undefined;
    const alone: DrawingSet = { style: 'openmoji', size, pixels, concepts: Int32Array.of(0) };
    return onWhite(alone, 0);
  };
}

async function writePicture(file: string, image: Image): Promise<void> {
  const path = join(dirname(trainingFile), file);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomically(path, [encodePng(image)]);
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  await writeFileAtomically(path, `${lines.join('\n')}\n`);
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

if (import.meta.url === pathToFileURL(process.argv[1] as string).href) console.log(await writeStyle());
