/**
 * What is trained, and what it costs: emoji-clip is adapted to OpenMoji's style in each mode of `finetune`, by 1,636 drawings of 818 things,
 * and measured on drawings of 818 others in that style, and on Noto's drawings, which it knew before. Then the whole fine-tuned model is
 * blended with its start.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/modes.js     # a quarter of an hour on native TensorFlow, two processors
 */
import { join } from 'node:path';
import { clipTfjs } from './command.ts';
import { cacheFolder, guardTable, newTable, runsFolder } from './folders.ts';
import { measure, percent } from './measure.ts';
import { readyStyle } from './style.ts';
import { train } from './train.ts';

const modes: readonly (readonly [name: string, ...options: string[]])[] = [
  ['full'],
  ['full, layer decay 0.7', '--layer-decay', '0.7'],
  ['lock-text', '--mode', 'lock-text'],
  ['lock-image', '--mode', 'lock-image'],
  ['last-blocks, 2', '--mode', 'last-blocks'],
  ['lora, rank 8', '--mode', 'lora'],
  ['projections', '--mode', 'projections'],
];

await readyStyle();
console.log(
  '| what is trained | numbers | memory | time | new style, top-1 / top-5 | guard, top-1 / top-5 | sum of top-1 |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
row('nothing: the start', '–', '–', '–', await measure('emoji-clip'));
for (const [name, ...options] of modes) {
  const run = await train(name.replaceAll(/[ ,.]+/g, '-'), ...options);
  row(
    name,
    run.trained.toLocaleString('en'),
    `${Math.round(run.memory / 1e6)} MB`,
    `${Math.round(run.seconds)} s`,
    run,
  );
}

const prompts = ['--template-set', 'drawings'];
const sweep = await clipTfjs(
  'wise-ft',
  'emoji-clip',
  join(runsFolder, 'full'),
  '--sweep',
  '--data',
  newTable,
  '--guard',
  guardTable,
  ...prompts,
  '--report',
  join(cacheFolder, 'wise-ft.html'),
  '--out',
  join(runsFolder, 'blend'),
);
console.log('\n| alpha | new style, top-1 | guard, top-1 | sum |\n| --- | --- | --- | --- |');
for (const { alpha, data, guard, sum } of sweep.json.points)
  console.log(`| ${alpha} | ${percent(data.value)} | ${percent(guard.value)} | ${percent(sum)} |`);

function row(
  name: string,
  trained: string,
  memory: string,
  time: string,
  { new: fresh, guard }: Awaited<ReturnType<typeof measure>>,
): void {
  const both = ({ top1, top5 }: typeof fresh) => `${percent(top1)} / ${percent(top5)}`;
  console.log(
    `| ${name} | ${trained} | ${memory} | ${time} | ${both(fresh)} | ${both(guard)} | ${percent(fresh.top1 + guard.top1)} |`,
  );
}
