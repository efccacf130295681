/**
 * Does `search` find what `evaluate` says it finds? Indexes OpenMoji, a style that emoji-clip never saw, looks for each drawing by its
 * label, and compares recall at 5 with what `evaluate --task retrieval` reports of the same drawings.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/search/recall.js     # the index: examples/limits/cache/openmoji.index
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { embedTexts, loadClip, openIndex, readPairs, type SearchResult, search, useBackend } from '../../src/node.ts';
import { drawingsFolder, drawingsTable, writeDrawings } from '../limits/drawings.ts';
import { cacheFolder } from '../limits/folders.ts';

if (!existsSync(drawingsTable)) await writeDrawings();
const store = join(cacheFolder, 'openmoji.index');
const model = ['--model', 'emoji-clip', '--json'];
const { rows } = clipTfjs('index', drawingsFolder, '--store', store, ...model);
const evaluated = clipTfjs('evaluate', drawingsTable, '--task', 'retrieval', '--text-column', 'label', ...model);
const reported = evaluated.metrics['image_retrieval_recall@5'];

await useBackend();
const clip = await loadClip('emoji-clip');
const { index } = await openIndex(store);
const { pairs } = await readPairs(drawingsTable, { textColumn: 'label' });
const picturesOf = new Map<string, Set<string>>();
for await (const { image, texts } of pairs)
  for (const label of texts) picturesOf.set(label, (picturesOf.get(label) ?? new Set()).add(image));
const labels = [...picturesOf.keys()];
const queries = await embedTexts(clip, labels);
const start = performance.now();
const found = labels.map((_, at) => search(index, queries[at]!, { k: 5 }));
const milliseconds = (performance.now() - start) / labels.length;
const isRight = (at: number) => {
  const right = picturesOf.get(labels[at]!)!;
  return ({ entry }: SearchResult) => right.has(entry.path);
};
const recall = share((at) => found[at]!.some(isRight(at)));
// Some drawings are the same though their labels are not: search puts the lower id first, evaluate takes a tie for wrong
const strict = share((at) => {
  const first = found[at]!.find(isRight(at));
  if (!first) return false;
  const asGood = search(index, queries[at]!, { k: 50, minSimilarity: first.similarity });
  return asGood.filter((result) => !isRight(at)(result)).length < 5;
});
clip.dispose();
console.log(`${rows} drawings of OpenMoji, ${labels.length} labels, ${milliseconds.toFixed(1)} ms a search`);
console.log(`recall at 5: search ${percent(recall)}; where ties count as wrong ${percent(strict)}`);
console.log(`evaluate says           ${percent(reported)}`);
if (Math.round(strict * labels.length) !== Math.round(reported * labels.length))
  throw new Error('search does not find what evaluate finds');

function share(holds: (at: number) => boolean): number {
  return labels.filter((_, at) => holds(at)).length / labels.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function clipTfjs(...args: string[]) {
  const main = join('build', 'src', 'cli', 'main.js');
  return JSON.parse(
    execFileSync(process.execPath, [main, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 2 ** 26,
    }),
  );
}
