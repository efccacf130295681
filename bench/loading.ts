/**
 * Time and peak memory of loading a model with random weights in float32, and of its first embedding.
 *
 *   node build/bench/loading.js [wasm | cpu | tensorflow] [ViT-B/32 | ViT-L/14 ...]
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {
  architectureConfig,
  type BackendName,
  createTokenizer,
  findArchitecture,
  loadClip,
  openaiVocabulary,
  saveClip,
  useBackend,
} from '../src/node.ts';
import { initClip } from '../src/weights/init.ts';

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const [backend = 'wasm', model = 'ViT-B/32', step, directory = ''] = process.argv.slice(2);

/** Each step is a process of its own, so that the peak is that of loading alone. */
function run(next: string, folder: string): string {
  return execFileSync(process.execPath, [fileURLToPath(import.meta.url), backend, model, next, folder], {
    encoding: 'utf8',
  }).trim();
}

if (step === undefined) {
  const temporary = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  try {
    run('make', temporary);
    const { size } = await stat(join(temporary, 'model.safetensors'));
    console.log(`${cpus()[0]?.model}, Node ${process.version}, ${model}, file ${megabytes(size)}`);
    console.log(run('load', temporary));
  } finally {
    await rm(temporary, { recursive: true });
  }
} else if (step === 'make') {
  await useBackend('cpu'); // holds a model of any size
  const tokenizer = createTokenizer(await openaiVocabulary(), 77);
  const clip = initClip(architectureConfig(findArchitecture(model), 'quick_gelu'), 1, () => tokenizer);
  await saveClip(clip, directory, { layout: 'huggingface' });
} else {
  const used = await useBackend(backend as BackendName);
  const peak = () => megabytes(process.resourceUsage().maxRSS * 1024);
  console.log(`backend ${used}: peak before loading ${peak()}`);
  const start = performance.now();
  const clip = await loadClip(directory);
  const { size } = clip.config.preprocess;
  console.log(`loaded in ${((performance.now() - start) / 1000).toFixed(2)} s, peak ${peak()}`);
  for (const call of ['first', 'second']) {
    const begin = performance.now();
    await tf.tidy(() => clip.encodeImage(tf.zeros([1, size, size, 3]))).data();
    await tf.tidy(() => clip.encodeText(tf.ones([1, 8], 'int32'))).data();
    console.log(`${call} picture and text: ${Math.round(performance.now() - begin)} ms, peak ${peak()}`);
  }
}
