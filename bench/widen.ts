/**
 * How fast halves are widened to float32: a matrix of ViT-B/32's MLP again and again. The median of the rounds, and the fastest
 * one, which other programs change less.
 *
 *   node build/bench/widen.js
 */

import { normalNumbers } from '../src/random.ts';
import { roundToBfloat16, roundToFloat16, widenBfloat16, widenFloat16 } from '../src/weights/safetensors-halves.ts';
import { describeMachine } from './machine.ts';
import { median } from './table.ts';

const count = 768 * 3072;
const rounds = 100;
const warmUp = 10;
const values = Float32Array.from({ length: count }, normalNumbers(1));

const { date, processor, node } = describeMachine();
console.log(`${date}, ${processor}, Node ${node}`);
for (const { dtype, round, widen } of [
  { dtype: 'F16', round: roundToFloat16, widen: widenFloat16 },
  { dtype: 'BF16', round: roundToBfloat16, widen: widenBfloat16 },
]) {
  const halves = round(values);
  let sum = 0;
  for (let i = 0; i < warmUp; i++) sum += widen(halves)[i] as number; // compiles it, and makes the table of F16
  const seconds = Array.from({ length: rounds }, () => {
    const start = performance.now();
    sum += widen(halves)[0] as number;
    return (performance.now() - start) / 1000;
  });
  if (!Number.isFinite(sum)) throw new Error(`${dtype} gave ${sum}`);
  const rate = (time: number) => Math.round(count / time / 1e6);
  console.log(
    `${dtype}: ${rate(median(seconds))} million values a second, ${rate(Math.min(...seconds))} in the fastest round`,
  );
}
