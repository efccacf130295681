// From JPEG files of a megapixel to embeddings of ViT-B/32 (random weights), by one worker and by two on wasm: pictures per
// second, start of the threads included; processor time a picture; and the most memory that the process had:
//   npx tsc -p tsconfig.test.json && node build/bench/workers.js [--pictures 256] [--batch-size 8] [--backend wasm] [--workers 1,2]
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { architectureConfig, type BackendName, embedFiles, findArchitecture, useBackend } from '../src/node.ts';
import { uniformNumbers } from '../src/random.ts';
import { initClip } from '../src/weights/init.ts';

const { pictures, backend, workers, folder, ...more } = parseArgs({
  options: {
    pictures: { type: 'string', default: '256' },
    backend: { type: 'string', default: 'wasm' },
    workers: { type: 'string', default: '1,2' },
    folder: { type: 'string' },
    'batch-size': { type: 'string', default: '8' },
  },
}).values;
const batchSize = Number(more['batch-size']);

type Measured = { backend: string; rate: number; processorTime: number; before: number; peak: number };

/** A JPEG of 1152 x 864 of as many bytes as a photo: noise, enlarged until it is smooth. */
async function makeJpeg(path: string, seed: number): Promise<void> {
  const uniform = uniformNumbers(seed);
  const noise = Uint8Array.from({ length: 288 * 216 * 3 }, () => 256 * uniform());
  await sharp(noise, { raw: { width: 288, height: 216, channels: 3 } })
    .resize(1152, 864)
    .jpeg({ quality: 85 })
    .toFile(path);
}

async function makeFolder(count: number, distinct = 8): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  const paths = Array.from({ length: count }, (_, i) => join(made, `${i}.jpg`));
  for (const [i, path] of paths.entries()) {
    if (i < distinct) await makeJpeg(path, i + 1);
    else await copyFile(paths[i % distinct] as string, path);
  }
  return made;
}

async function measure(directory: string, count: number): Promise<Measured> {
  const paths = (await readdir(directory)).map((name) => join(directory, name));
  const used = await useBackend(backend as BackendName);
  const clip = initClip(architectureConfig(findArchitecture('ViT-B/32'), 'quick_gelu'), 1, () => {
    throw new Error('not needed');
  });
  const before = process.memoryUsage().rss;
  const usage = process.cpuUsage();
  const begin = performance.now();
  for await (const { error } of embedFiles(clip, paths, { workers: count, batchSize })) if (error) throw error;
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(usage);
  return {
    backend: used,
    rate: paths.length / seconds,
    processorTime: (user + system) / 1e3 / paths.length,
    before,
    peak: process.resourceUsage().maxRSS * 1024,
  };
}

if (folder !== undefined) {
  console.log(JSON.stringify(await measure(folder, Number(workers))));
} else {
  const directory = await makeFolder(Number(pictures));
  try {
    console.log(
      `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, ${pictures} pictures in batches of ${batchSize}`,
    );
    const rates: number[] = [];
    for (const count of workers.split(',')) {
      // Each in a process of its own, so that the memory is its own
      const args = [
        fileURLToPath(import.meta.url),
        '--folder',
        directory,
        '--backend',
        backend,
        '--workers',
        count,
        '--batch-size',
        `${batchSize}`,
      ];
      const measured = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
      rates.push(measured.rate);
      const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
      console.log(
        `${measured.backend}, workers: ${count.padEnd(3)} ${measured.rate.toFixed(2).padStart(7)} pictures/s, ` +
          `${Math.round(measured.processorTime)} ms of processors a picture, ` +
          `memory ${megabytes(measured.before)} with the model, ${megabytes(measured.peak)} at most`,
      );
    }
    const [first = 0] = rates;
    console.log(`as fast as the first: ${rates.map((rate) => `${(rate / first).toFixed(2)} times`).join(', ')}`);
  } finally {
    await rm(directory, { recursive: true });
  }
}
