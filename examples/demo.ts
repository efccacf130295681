/**
 * What CLIP does, on a few hundred drawings with emoji-clip, the small model of this repository: names drawings, says
 * "I don't know", finds drawings by words. Writes contact-sheet.svg.
 *
 *   npm run demo
 */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { rank } from '../src/classify/rank.ts';
import { bar, table } from '../src/cli/output.ts';
import { dot } from '../src/embed.ts';
import type { Image } from '../src/image/image.ts';
import { writeFileAtomically } from '../src/node/files.ts';
import {
  buildClassifier,
  type Classification,
  classify,
  embedImages,
  embedTexts,
  loadClip,
  readImage,
  useBackend,
} from '../src/node.ts';
import { uniformNumbers } from '../src/random.ts';
import { contactSheet } from './contact-sheet.ts';

const templates = ['{}', 'a drawing of {}', 'an emoji of {}', 'a picture of {}'];
const queries = ['something to drink', 'bad weather', 'angry animal', 'things to wear', 'vehicles'];
const sheetFile = 'contact-sheet.svg';

const start = performance.now();
const backend = await useBackend();
using clip = await loadClip('emoji-clip');

type Drawing = { filepath: string; title: string };
const drawings: Drawing[] = parse(await readFile('examples/drawings/drawings.csv'), { columns: true });
const names = [...new Set(drawings.map(({ title }) => title))];
const pathOf = ({ filepath }: Drawing) => `examples/drawings/${filepath}`;
const pictures = await Promise.all(drawings.map((drawing) => readImage(pathOf(drawing))));

const classifier = await buildClassifier(clip, names, { templates });
const embeddings = await embedImages(clip, pictures);
const answers = embeddings.map((embedding) => rank(embedding, classifier, clip.logitScale, -1));
const noto = drawings.flatMap(({ filepath, title }, at) => (filepath.startsWith('noto/') ? [{ at, title }] : []));
const right = noto.filter(({ at, title }) => answers[at]?.best?.label === title).length;
console.log(`\n# Which of ${names.length} names fits a drawing?`);
console.log(`Noto's drawings, which it was trained on: right for ${right} of ${noto.length}.`);
console.log('Drawings in a style that it never saw:');
for (const [at, { filepath, title }] of drawings.entries())
  if (!filepath.startsWith('noto/')) {
    const rows = answers[at]?.ranked.slice(0, 3) ?? [];
    console.log(`\n${title}`);
    console.log(table(rows.map(({ label, probability }) => [`  ${label}`, bar(probability), percent(probability)])));
  }

// CLIP always answers. Two ways to let it be silent: labels for nothing in particular beside the names, and a threshold on
// the cosine; here it is what 95 % of the drawings reach with their own name.
const own = noto.map(({ at, title }) => answers[at]?.ranked.find(({ label }) => label === title)?.similarity ?? -1);
const threshold = own.sort((one, other) => one - other)[Math.floor(own.length / 20)] as number;
const nothing = ['nothing', 'noise', 'a blank picture', 'a texture'];
const careful = await buildClassifier(clip, [...names, ...nothing], { templates });
const isSilent = ({ best }: Classification) => !best || nothing.includes(best.label);
const noises = await classify(clip, [1, 2, 3, 4, 5].map(noise), careful, { threshold });
const again = embeddings.map((embedding) => rank(embedding, careful, clip.logitScale, threshold));
console.log(`\n# "I don't know": a cosine below ${threshold.toFixed(2)}, or nearest to ${nothing.join(', ')}`);
for (const [index, answer] of noises.entries())
  console.log(`noise ${index + 1}: ${isSilent(answer) ? "I don't know" : answer.best?.label}`);
console.log(`drawings: "I don't know" for ${again.filter(isSilent).length} of ${pictures.length}`);

const texts = await embedTexts(clip, queries);
const rows = queries.map((title, query) => {
  const order = noto
    .map(({ at }) => ({ at, similarity: dot(embeddings[at] as Float32Array, texts[query] as Float32Array) }))
    .sort((one, other) => other.similarity - one.similarity)
    .slice(0, 8)
    .map(({ at }) => drawings[at] as Drawing);
  return { title, pictures: order.map((drawing) => ({ path: pathOf(drawing), caption: drawing.title })) };
});
console.log(`\n# Which of ${noto.length} drawings fit words?`);
for (const { title, pictures: found } of rows)
  console.log(
    `${title}: ${found
      .slice(0, 5)
      .map(({ caption }) => caption)
      .join(', ')}`,
  );
await writeFileAtomically(sheetFile, await contactSheet(rows));

console.log(`\n${sheetFile} shows them. ${((performance.now() - start) / 1000).toFixed(1)} s on ${backend}.`);
console.log(
  "emoji-clip knows drawings only. For photographs: 'clip-tfjs pull ViT-B/32', once, and loadClip('ViT-B/32') here.",
);

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Pixels without anything in them. */
function noise(seed: number): Image {
  const uniform = uniformNumbers(seed);
  return { width: 64, height: 64, mode: 'RGB', data: Uint8Array.from({ length: 64 * 64 * 3 }, () => 256 * uniform()) };
}
