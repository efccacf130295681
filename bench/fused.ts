// A block of ViT-B/32 as its plain and its fused twin, beside its four matrix products alone, which are the floor:
//   npx tsc -p tsconfig.test.json && node build/bench/fused.js [backend]
import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../src/backend.ts';
import { architectureConfig, type VitConfig } from '../src/config.ts';
import { type Block, block } from '../src/nn/block.ts';
import { fusedBlock } from '../src/nn/fused-block.ts';
import { useBackend } from '../src/node.ts';
import { takeBlock } from '../src/parameters.ts';

const rounds = 30;
const seq = 50;
const config = architectureConfig('ViT-B/32', 'quick_gelu').vision as VitConfig;
const backend = await useBackend(process.argv[2] as BackendName | undefined);
const weights = takeBlock(config, (_name, shape) => tf.randomNormal(shape, 0, 0.05), 'block');

function products({ attn, mlp }: Block, rows: tf.Tensor2D, hidden: tf.Tensor2D): void {
  for (const [x, kernel] of [
    [rows, attn.qkv.kernel],
    [rows, attn.out.kernel],
    [rows, mlp.fc.kernel],
    [hidden, mlp.proj.kernel],
  ] as const)
    tf.matMul(x, kernel).dispose();
}

console.log(`backend ${backend}, milliseconds a block, median of ${rounds} in turn`);
console.log('batch     plain     fused  products  products / fused');
for (const batch of [1, 8, 32]) {
  const x = tf.randomNormal<tf.Rank.R3>([batch, seq, config.width]);
  const rows = tf.reshape<tf.Rank.R2>(x, [batch * seq, config.width]);
  const hidden = tf.randomNormal<tf.Rank.R2>([batch * seq, config.mlpWidth]);
  const runs = {
    plain: () => tf.tidy(() => void block(weights, x)),
    fused: () => tf.tidy(() => void fusedBlock(weights, x)),
    products: () => products(weights, rows, hidden),
  };
  const times: Record<string, number[]> = { plain: [], fused: [], products: [] };
  for (let round = -3; round < rounds; round++) {
    for (const [name, run] of Object.entries(runs)) {
      const begin = performance.now();
      run();
      if (round >= 0) times[name]?.push(performance.now() - begin);
    }
  }
  const [plain, fused, floor] = Object.values(times).map((list) => list.sort((a, b) => a - b)[rounds >> 1] as number);
  const cells = [plain, fused, floor].map((time) => time?.toFixed(2).padStart(10)).join('');
  console.log(`${String(batch).padEnd(5)}${cells}${((floor as number) / (fused as number)).toFixed(2).padStart(18)}`);
  tf.dispose([x, rows, hidden]);
}
