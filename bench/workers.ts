// Pictures per second from JPEG files of a megapixel to embeddings of ViT-B/32 (random weights) on wasm, by one worker and
// by two, start of the threads included; and the memory that each worker takes:
//   npx tsc -p tsconfig.test.json && node build/bench/workers.js [pictures] [backend]
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { architectureConfig, type BackendName, embedFiles, findArchitecture, useBackend } from '../src/node.ts';
import { uniformNumbers } from '../src/random.ts';
import { initClip } from '../src/weights/init.ts';

const [pictures = '256', backend = 'wasm'] = process.argv.slice(2);
const count = Number(pictures);
const distinct = 8;
const batchSize = 16;

/** A JPEG of 1152 x 864 of as many bytes as a photo: noise, enlarged until it is smooth. */
async function makeJpeg(path: string, seed: number): Promise<void> {
  const uniform = uniformNumbers(seed);
  const noise = Uint8Array.from({ length: 288 * 216 * 3 }, () => 256 * uniform());
  await sharp(noise, { raw: { width: 288, height: 216, channels: 3 } })
    .resize(1152, 864)
    .jpeg({ quality: 85 })
    .toFile(path);
}

const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
try {
  const paths = Array.from({ length: count }, (_, i) => join(directory, `${i}.jpg`));
  for (const [i, path] of paths.entries()) {
    if (i < distinct) await makeJpeg(path, i + 1);
    else await copyFile(paths[i % distinct] as string, path);
  }
  const used = await useBackend(backend as BackendName);
  const clip = initClip(architectureConfig(findArchitecture('ViT-B/32'), 'quick_gelu'), 1, () => {
    throw new Error('not needed');
  });
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, backend ${used}, ${count} pictures`);
  const rates: number[] = [];
  for (const workers of [1, 2]) {
    const before = process.memoryUsage().rss;
    let most = before;
    const begin = performance.now();
    for await (const { error } of embedFiles(clip, paths, { workers, batchSize })) {
      if (error) throw error;
      most = Math.max(most, process.memoryUsage().rss);
    }
    const rate = (1000 * count) / (performance.now() - begin);
    rates.push(rate);
    const megabytes = Math.round((most - before) / 1e6);
    console.log(`workers: ${workers}   ${rate.toFixed(2)} pictures/s   ${megabytes} MB more memory at most`);
  }
  console.log(`two workers are ${((rates[1] as number) / (rates[0] as number)).toFixed(2)} times as fast as one`);
  clip.dispose();
} finally {
  await rm(directory, { recursive: true });
}
