/**
 * Classifies four pictures by six labels. The weights are random, so the answers mean nothing; but Python gives the same
 * ones, and that is checked at the end.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bar, table } from '../src/cli/output.ts';
import { buildClassifier, classify, loadClip, readImage, useBackend } from '../src/node.ts';
import { goldens, readGolden } from '../test/golden.ts';

const backend = await useBackend();
const pipeline = join(goldens, 'pipeline');
const { images, labels } = JSON.parse(await readFile(join(pipeline, 'case.json'), 'utf8')) as {
  images: string[];
  labels: string[];
};
const clip = await loadClip(join(pipeline, 'model.safetensors'), { activation: 'quick_gelu' });

const start = performance.now();
const classifier = await buildClassifier(clip, labels, { templates: ['{}'] });
const pictures = await Promise.all(images.map((file) => readImage(join(goldens, 'images', file))));
const results = await classify(clip, pictures, classifier);
const elapsed = Math.round(performance.now() - start);

console.log('\nThis tiny CLIP has RANDOM weights: its answers mean nothing, but Python gives the same ones.');
for (const [index, { ranked }] of results.entries()) {
  console.log(`\n${images[index]}`);
  console.log(
    table(
      ranked
        .slice(0, 3)
        .map(({ label, probability }) => [`  ${label}`, bar(probability), `${(100 * probability).toFixed(1)} %`]),
    ),
  );
}

const reference = (await readGolden(join(pipeline, 'golden.safetensors')))('probs').values;
const differences = results.flatMap(({ ranked }, row) =>
  ranked.map(({ label, probability }) =>
    Math.abs(probability - (reference[row * labels.length + labels.indexOf(label)] as number)),
  ),
);
const worst = Math.max(...differences);
console.log(`\n${images.length} pictures and ${labels.length} texts in ${elapsed} ms on ${backend}.`);
console.log(`Largest difference from OpenAI's code in PyTorch with Pillow: ${worst.toExponential(1)}`);
clip.dispose();
if (worst > 1e-4) process.exitCode = 1;
