/**
 * Writes the three tables of docs/forgetting.md: drawings of OpenMoji, a style that emoji-clip was not trained on, to train with and to
 * test with, of other concepts; and drawings in the style of Noto, which it knows, as a guard set.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/forgetting/tables.js     # new-train.csv, new-test.csv, guard.csv in examples/limits/cache/openmoji/
 *
 * OpenMoji (https://openmoji.org) is by the OpenMoji project, under CC BY-SA 4.0.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeFileAtomically } from '../../src/node/files.ts';
import { type FilePair, readPairs, takePairs } from '../../src/node.ts';
import { drawingsFolder, drawingsTable, writeDrawings } from '../limits/drawings.ts';

if (!existsSync(drawingsTable)) await writeDrawings();
const drawn = await takePairs((await readPairs(drawingsTable, { textColumn: 'label' })).pairs);
const known = await takePairs((await readPairs(join('examples', 'drawings', 'drawings.csv'))).pairs);
const every = (remainder: number) => drawn.filter((_, index) => index % 12 === remainder);
await write('new-train.csv', 'title', every(0));
await write('new-test.csv', 'label', every(6));
await write(
  'guard.csv',
  'label',
  known.filter(({ image }, index) => image.includes('noto') && index % 3 === 0),
);

async function write(name: string, column: string, pairs: readonly FilePair[]): Promise<void> {
  const rows = pairs.map(({ image, texts: [text = ''] }) =>
    [relative(drawingsFolder, image), text].map(cell).join(','),
  );
  await writeFileAtomically(join(drawingsFolder, name), `filepath,${column}\n${rows.join('\n')}\n`);
  console.log(`${join(drawingsFolder, name)}: ${rows.length} drawings`);
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
