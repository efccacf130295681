/**
 * Learning rates: too low learns nothing, too high forgets. emoji-clip is adapted to OpenMoji's style at several rates, all of it and by LoRA,
 * and measured on the new style and on what it knew.
 *
 *   npm ci --prefix examples/emoji
 *   node build/examples/fine-tuning/rates.js
 */
import { percent } from './measure.ts';
import { train } from './train.ts';

console.log('| what is trained | learning rate | new style, top-1 | guard, top-1 | sum |');
console.log('| --- | --- | --- | --- | --- |');
for (const [mode, rates] of [
  ['full', ['1e-5', '5e-5', '2e-4', '1e-3']],
  ['lora', ['1e-4', '1e-3', '1e-2']],
] as const)
  for (const rate of rates) {
    const { new: fresh, guard } = await train(`${mode}-${rate}`, '--mode', mode, '--learning-rate', rate);
    const sum = percent(fresh.top1 + guard.top1);
    console.log(`| ${mode} | ${rate} | ${percent(fresh.top1)} | ${percent(guard.top1)} | ${sum} |`);
  }
