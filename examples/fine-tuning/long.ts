/**
 * Too long: what overfitting and forgetting look like. All of emoji-clip is trained thirty times through the drawings of the new style, at twice the
 * usual rate; after each epoch the pairs of other things (the validation) and Noto's drawings (the guard) are measured.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/long.js      # the curves: examples/fine-tuning/cache/runs/long/report.html
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templates } from '../emoji/recipe.ts';
import { clipTfjs } from './command.ts';
import { guardTable, newTable, runsFolder, trainingFile } from './folders.ts';
import { percent } from './measure.ts';
import { readyStyle } from './style.ts';

await readyStyle();
const out = join(runsFolder, 'long');
if (!existsSync(join(out, 'report.html'))) {
  const prompts = templates.flatMap((template) => ['--guard-template', template]);
  const data = ['--data', trainingFile, '--val', newTable, '--text-column', 'label', '--guard', guardTable, ...prompts];
  const settings = ['--epochs', '30', '--batch-size', '128', '--learning-rate', '1e-4', '--seed', '1', '--out', out];
  await clipTfjs('finetune', 'emoji-clip', ...data, ...settings);
}
console.log('| epoch | training loss | validation loss | validation recall@1, text to picture | guard, top-1 |');
console.log('| --- | --- | --- | --- | --- |');
for (const line of readFileSync(join(out, 'log.jsonl'), 'utf8').trimEnd().split('\n')) {
  const { step, epoch, meanLoss, validation, guard } = JSON.parse(line);
  if (step !== undefined || ![0, 1, 2, 3, 5, 10, 20, 30].includes(epoch)) continue;
  const loss = `${meanLoss?.toFixed(2) ?? '–'} | ${validation.loss.toFixed(2)}`;
  console.log(`| ${epoch} | ${loss} | ${percent(validation.textToImage['recall@1'])} | ${percent(guard.value)} |`);
}
