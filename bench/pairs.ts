// Figures of training data that is read where it stands: `node --expose-gc build/bench/pairs.js [ROWS] [SAMPLES]`. Makes a table of
// so many rows, and shards of so many samples with pictures of 20 kB (none of either where 0 is given), in the temporary directory;
// looks them over, splits them, reads them in turn and in batches in any order. Prints JSON.
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { Header } from 'tar';
import { readPairs, splitPairs } from '../src/node.ts';
import { permutation } from '../src/random.ts';

const [rows = 1_000_000, samples = 20_000] = process.argv.slice(2).map(Number);
const perShard = 1000;
const pictureBytes = 20_000;
const batch = 256;

const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-pairs-'));
try {
  const results: Record<string, unknown> = {};
  if (rows > 0) results.table = await figuresOf(await writeTable(), rows);
  if (samples > 0) results.shards = await figuresOf(await writeShards(), samples);
  console.log(JSON.stringify(results, null, 2));
} finally {
  rmSync(folder, { recursive: true });
}

async function figuresOf(source: string, count: number) {
  const before = await held();
  const [set, look] = await timed(() => readPairs(source));
  const { pairs, bad } = set;
  if (pairs.length !== count || bad.length > 0) throw new Error(`${pairs.length} pairs and ${bad.length} bad rows`);
  const bytes = (await held()) - before;
  const [, inTurn] = await timed(async () => {
    for await (const { texts } of pairs) if (texts.length === 0) throw new Error('no caption');
  });
  const [{ validation }, split] = await timed(() => splitPairs(pairs, 0.1, 1));
  const order = permutation(count, 1);
  const batches = Math.min(40, Math.floor(count / batch));
  const [, inBatches] = await timed(async () => {
    for (let at = 0; at < batches; at++) {
      const indices = Array.from(order.subarray(at * batch, (at + 1) * batch));
      await Promise.all(indices.map((index) => pairs.read(index)));
    }
  });
  return {
    pairs: pairs.length,
    'bytes held a pair': Number((bytes / count).toFixed(1)),
    'set apart': validation.length,
    'to look over': inSeconds(look),
    'to read in turn': inSeconds(inTurn),
    'to split': inSeconds(split),
    [`${batches} batches of ${batch}`]: inSeconds(inBatches),
  };
}

/** Seconds, and those of them in which a processor was at work: the same on a busy machine. */
type Times = { seconds: number; processor: number };

async function timed<T>(work: () => Promise<T>): Promise<[T, Times]> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  return [result, { seconds: (performance.now() - start) / 1e3, processor: (user + system) / 1e6 }];
}

function inSeconds({ seconds, processor }: Times): string {
  return `${seconds.toFixed(2)} s (processor ${processor.toFixed(2)} s)`;
}

/** Bytes in use, of JavaScript's heap and beside it. */
async function held(): Promise<number> {
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.();
    await setTimeout(50); // buffers are freed in another thread
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function writeTable(): Promise<string> {
  for (let at = 0; at < 100; at++) writeFileSync(join(folder, `${at}.jpg`), '');
  const path = join(folder, 'pairs.csv');
  const file = createWriteStream(path);
  file.write('filepath,title\n');
  for (let row = 0; row < rows; row += 1000) {
    const some = Array.from(
      { length: Math.min(1000, rows - row) },
      (_, at) => `${(row + at) % 100}.jpg,"a photo, number ${row + at}, of a red bicycle that leans against a wall"\n`,
    );
    if (!file.write(some.join(''))) await once(file, 'drain');
  }
  await finished(file.end());
  return path;
}

async function writeShards(): Promise<string> {
  const picture = Buffer.alloc(pictureBytes, 7);
  for (let shard = 0; shard < Math.ceil(samples / perShard); shard++) {
    const members: Buffer[] = [];
    for (let sample = shard * perShard; sample < Math.min(samples, (shard + 1) * perShard); sample++) {
      const key = String(sample).padStart(9, '0');
      const caption = `a photo, number ${sample}, of a red bicycle that leans against a wall`;
      const about = JSON.stringify({ key, caption, url: `https://example.org/${key}.jpg`, width: 256, height: 256 });
      members.push(...member(`${key}.jpg`, picture), ...member(`${key}.json`, Buffer.from(about)));
      members.push(...member(`${key}.txt`, Buffer.from(caption)));
    }
    writeFileSync(
      join(folder, `${String(shard).padStart(5, '0')}.tar`),
      Buffer.concat([...members, Buffer.alloc(1024)]),
    );
  }
  return join(folder, '*.tar');
}

function member(path: string, content: Buffer): Buffer[] {
  const block = Buffer.alloc(512);
  new Header({ path, mode: 0o644, size: content.length, type: 'File', mtime: new Date(0) }).encode(block);
  return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
