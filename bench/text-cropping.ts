/**
 * What cropping gains: 1,000 prompts of 6 to 14 tokens through ViT-B/32's text tower (random weights), encoded only as far
 * as each batch needs, and at all 77 positions. The long way is measured on every tenth prompt, to save time.
 *
 *   node build/bench/text-cropping.js [wasm | cpu]
 */
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import {
  architectureConfig,
  type BackendName,
  createTokenizer,
  embedTexts,
  findArchitecture,
  openaiVocabulary,
  useBackend,
} from '../src/node.ts';
import { initClip } from '../src/weights/init.ts';
import { makeCaptions } from './prompts.ts';

const backend = await useBackend((process.argv[2] ?? 'wasm') as BackendName);
const { vision: _, ...config } = architectureConfig(findArchitecture('ViT-B/32'), 'quick_gelu');
const tokenizer = createTokenizer(await openaiVocabulary(), 77);
const clip = initClip(config, 1, () => tokenizer);

const prompts = makeCaptions(1000, 4, 12, 1);
const lengths = prompts.map((prompt) => tokenizer.encode(prompt).length + 2);
const tenth = prompts.filter((_prompt, index) => index % 10 === 0);

async function whole(texts: readonly string[], batchSize: number): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    const { ids, shape } = tokenizer.tokenize(texts.slice(start, start + batchSize));
    const unit = tf.tidy(() => {
      const features = clip.encodeText(tf.tensor2d(ids, shape, 'int32'));
      return tf.div(features, tf.norm(features, 2, 1, true));
    });
    const values = (await unit.data()) as Float32Array;
    unit.dispose();
    for (let row = 0; row < shape[0]; row++) rows.push(values.slice(row * 512, (row + 1) * 512));
  }
  return rows;
}

async function timed<T>(run: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await run();
  return { result, seconds: (performance.now() - start) / 1000 };
}

await embedTexts(clip, prompts.slice(0, 8));
const cropped = await timed(() => embedTexts(clip, prompts));
const full = await timed(() => whole(tenth, 20));
const worst = Math.max(
  ...full.result.flatMap((row, i) =>
    Array.from(row, (value, j) => Math.abs(value - (cropped.result[10 * i]?.[j] as number))),
  ),
);
const perSecond = { cropped: prompts.length / cropped.seconds, full: tenth.length / full.seconds };
console.log(`${cpus()[0]?.model}, Node ${process.version}, backend ${backend}`);
console.log(`prompts of ${Math.min(...lengths)} to ${Math.max(...lengths)} tokens, start and end included`);
console.log(
  `cropped:      ${perSecond.cropped.toFixed(1)} texts/s (${prompts.length} texts, ${cropped.seconds.toFixed(1)} s)`,
);
console.log(`77 positions: ${perSecond.full.toFixed(1)} texts/s (${tenth.length} texts, ${full.seconds.toFixed(1)} s)`);
console.log(
  `gain: ${(perSecond.cropped / perSecond.full).toFixed(1)}x; largest difference of a value: ${worst.toExponential(1)}`,
);
