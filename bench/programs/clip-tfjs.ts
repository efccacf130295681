/** clip-tfjs through its public surface: clip-tfjs.js BACKEND MODELS INPUTS THREADS. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type BackendName,
  buildClassifier,
  type Clip,
  embedFiles,
  embedImages,
  embedTexts,
  loadClip,
  useBackend,
} from '../../src/node.ts'; // in your project: 'clip-tfjs/node'
import { pictureReader, readSetting, readTexts } from './inputs.ts';
import { serve } from './serve.ts';

const backend = process.argv[2] as BackendName;
const setting = readSetting();
let clip: Clip;
const pictures = new Map<number, Float32Array[]>();

/** The input pictures as `preprocess` gives them: [size, size, 3] each. */
function pictureRows(count: number): Float32Array[] {
  const { size } = clip.config.preprocess;
  const made = pictures.get(count) ?? channelsLast(pictureReader(setting, size)(count), size * size);
  pictures.set(count, made);
  return made;
}

function channelsLast(pixels: Float32Array, area: number): Float32Array[] {
  return Array.from({ length: pixels.length / (3 * area) }, (_, picture) => {
    const planes = pixels.subarray(3 * area * picture, 3 * area * (picture + 1));
    const row = new Float32Array(3 * area);
    for (let i = 0; i < row.length; i++) row[i] = planes[(i % 3) * area + Math.floor(i / 3)] as number;
    return row;
  });
}

/** The other engines are too far from the ceiling to be worth the time. */
function gigaflops(m: number, k: number, n: number): number {
  return tf.tidy(() => {
    const [left, right] = [tf.randomNormal([m, k]), tf.randomNormal([k, n])];
    let best = 0;
    for (let run = 0; run < 6; run++) {
      const begin = performance.now();
      const product = tf.matMul(left, right);
      product.dataSync();
      best = Math.max(best, (2 * m * k * n) / (performance.now() - begin) / 1e6);
      product.dispose();
    }
    return best;
  });
}

await serve(
  {
    async load() {
      await useBackend(backend);
      clip = await loadClip(join(setting.models, 'huggingface'));
      const { binding } = tf.backend() as { binding?: { TF_Version: string } }; // of TensorFlow's own library
      return { '@tensorflow/tfjs': tf.version.tfjs, ...(binding ? { tensorflow: binding.TF_Version } : {}) };
    },
    embedImages: (count) => embedImages(clip, pictureRows(count), { batchSize: count }),
    embedTexts: (texts) => embedTexts(clip, texts),
    buildClassifier: (classNames, templates) => buildClassifier(clip, classNames, { templates }),
    async embedFolder(directory, count) {
      const names = readdirSync(directory).sort().slice(0, count);
      const rows: Float32Array[] = [];
      for await (const { embedding, error } of embedFiles(
        clip,
        names.map((name) => join(directory, name)),
        { batchSize: 32 },
      )) {
        if (error) throw error;
        rows.push(embedding);
      }
      return rows;
    },
    ...(backend === 'tensorflow' ? { matmul: gigaflops } : {}),
  },
  () => readTexts(setting),
);
