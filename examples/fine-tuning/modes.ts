/**
 * What is trained, and what it costs: emoji-clip is adapted to OpenMoji's style in each mode of `finetune`, by 1,636 drawings of 818 things,
 * and measured on drawings of 818 others in that style, and on Noto's drawings, which it knew before.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/modes.js     # ten minutes on native TensorFlow, two processors
 */
import { measure, percent, type Scores } from './measure.ts';
import { readyStyle } from './style.ts';
import { modes, train } from './train.ts';

await readyStyle();
const columns = ['what is trained', 'numbers', 'memory', 'time', 'new style, top-1 / top-5', 'guard, top-1 / top-5'];
console.log(`| ${columns.join(' | ')} | sum of top-1 |`);
console.log(`|${' --- |'.repeat(7)}`);
row('nothing: the start', ['–', '–', '–'], await measure('emoji-clip'));
for (const [name, options] of Object.entries(modes)) {
  const run = await train(name, ...options);
  const cost = [run.trained.toLocaleString('en'), `${Math.round(run.memory / 1e6)} MB`, `${Math.round(run.seconds)} s`];
  row([name, ...options].join(' '), cost, run);
}

function row(name: string, cost: readonly string[], { new: fresh, guard }: Scores): void {
  const both = ({ top1, top5 }: typeof fresh) => `${percent(top1)} / ${percent(top5)}`;
  const cells = [name, ...cost, both(fresh), both(guard), percent(fresh.top1 + guard.top1)];
  console.log(`| ${cells.join(' | ')} |`);
}
