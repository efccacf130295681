/**
 * Batch sizes: a picture learns from the captions that are not its own. The same number of pairs is shown in smaller and larger batches, and once in
 * chunks, which give the batch's result in a part of its memory.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/batches.js
 */
import { percent } from './measure.ts';
import { train } from './train.ts';

console.log('| batch | memory | new style, top-1 | guard, top-1 |');
console.log('| --- | --- | --- | --- |');
for (const [batch, chunk] of [
  ['16', undefined],
  ['64', undefined],
  ['256', undefined],
  ['256', '32'],
] as const) {
  const name = chunk ? `batch-${batch}-chunks-${chunk}` : `batch-${batch}`;
  const run = await train(name, '--batch-size', batch, ...(chunk ? ['--chunk-size', chunk] : []));
  const shown = chunk ? `${batch}, ${chunk} at a time` : batch;
  const memory = `${Math.round(run.memory / 1e6)} MB`;
  console.log(`| ${shown} | ${memory} | ${percent(run.new.top1)} | ${percent(run.guard.top1)} |`);
}
