/**
 * Encodes four pictures and six texts and prints how alike they are. The weights are random, so the numbers mean
 * nothing yet; they are the same as Python's all the same, and that is checked at the end.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadClip, similarities, useBackend } from '../src/node.ts';
import { goldens, readGolden } from '../test/golden.ts';
import { readPipelinePixels } from '../test/pipeline.ts';

const backend = await useBackend();
const pipeline = join(goldens, 'pipeline');
const { images, labels } = JSON.parse(await readFile(join(pipeline, 'case.json'), 'utf8'));
const clip = await loadClip(join(pipeline, 'model.safetensors'), { activation: 'quick_gelu' });
const pixels = await readPipelinePixels(clip.config.preprocess);

const start = performance.now();
const { probability } = await similarities(clip, pixels, labels);
const elapsed = Math.round(performance.now() - start);

console.log(
  '\nA tiny CLIP with RANDOM weights: the probabilities below mean nothing, but Python gives the same ones.\n',
);
const width = Math.max(...labels.map((label: string) => label.length)) + 2;
console.log(' '.repeat(20) + labels.map((label: string) => label.padStart(width)).join(''));
for (const [index, row] of probability.entries()) {
  const cells = Array.from(row, (value) => `${(100 * value).toFixed(1)} %`.padStart(width));
  console.log(String(images[index]).padEnd(20) + cells.join(''));
}

const reference = (await readGolden(join(pipeline, 'golden.safetensors')))('probs').values;
const ours = probability.flatMap((row) => [...row]);
const difference = Math.max(...ours.map((value, i) => Math.abs(value - (reference[i] as number))));
console.log(`\n${pixels.length} pictures and ${labels.length} texts in ${elapsed} ms on ${backend}.`);
console.log(`Largest difference from OpenAI's code in PyTorch: ${difference.toExponential(1)}`);
clip.dispose();
if (difference > 1e-4) process.exitCode = 1;
