/**
 * Writes the drawings of OpenMoji as files, with a table of what they show: a style that emoji-clip was not trained on.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/limits/drawings.js
 *
 * OpenMoji (https://openmoji.org) is by the OpenMoji project, under CC BY-SA 4.0; so is what is written here.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeFileAtomically } from '../../src/node/files.ts';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { readConcepts } from '../emoji/concepts.ts';
import { onWhite, readDrawings } from '../emoji/drawings.ts';
import { templates } from '../emoji/recipe.ts';
import { styles } from '../emoji/styles.ts';
import { cacheFolder } from './folders.ts';

/** Where `writeDrawings` puts what. */
export const drawingsFolder: string = join(cacheFolder, 'openmoji');
export const drawingsTable: string = join(drawingsFolder, 'drawings.csv');
/** All labels that emoji-clip knows, flags included; one a line. */
export const labelsFile: string = join(drawingsFolder, 'labels.txt');
/** The prompts of emoji-clip's recipe, one a line. */
export const templatesFile: string = join(drawingsFolder, 'templates.txt');

const licence = `The drawings are OpenMoji's (https://openmoji.org), rasterised on white, 72 pixels wide.
Licence: CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/
`;

/**
 * Draws every emoji but flags. The table has the columns filepath, label (emojibase's), group and subgroup.
 * @returns how many there are
 */
export async function writeDrawings(): Promise<number> {
  const concepts = readConcepts();
  const style = styles.find(({ name }) => name === 'openmoji')!;
  const set = await readDrawings(style, concepts);
  await mkdir(drawingsFolder, { recursive: true });
  const rows = [['filepath', 'label', 'group', 'subgroup']];
  for (const [row, index] of set.concepts.entries()) {
    const { label, code, group, subgroup, isFlag } = concepts[index]!;
    if (isFlag) continue;
    await writeFileAtomically(join(drawingsFolder, `${code}.png`), [encodePng(onWhite(set, row))]);
    rows.push([`${code}.png`, label, group, subgroup]);
  }
  const lines = (list: readonly string[]) => `${list.join('\n')}\n`;
  await writeFileAtomically(drawingsTable, lines(rows.map((cells) => cells.map(csvCell).join(','))));
  await writeFileAtomically(labelsFile, lines(concepts.map(({ label }) => label)));
  await writeFileAtomically(templatesFile, lines(templates));
  await writeFileAtomically(join(drawingsFolder, 'LICENCE.txt'), licence);
  return rows.length - 1;
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

if (import.meta.url === pathToFileURL(process.argv[1] as string).href)
  console.log(`${await writeDrawings()} drawings in ${drawingsTable}`);
