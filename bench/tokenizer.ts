/**
 * Texts per second of this tokenizer beside PyPI's `tokenizers` (Rust) and OpenAI's own with ftfy (Python), on 100,000
 * distinct captions of 6 to 20 words. All must give the same ids. Needs `npm run interop:setup`.
 *
 *   node build/bench/tokenizer.js
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenizer, openaiVocabulary } from '../src/node.ts';
import { writeVocabulary } from '../src/tokenizer/vocabulary-files.ts';
import { makeCaptions } from './prompts.ts';

const python = process.env.CLIP_TFJS_PYTHON ?? '.venv/bin/python';
const captions = makeCaptions(100_000, 6, 20, 2);
const vocabulary = await openaiVocabulary();
const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));

type Peer = { seconds: number; ids: number[][] };

function peer(kind: string, threads: string, ...args: string[]): Peer {
  const env = {
    ...process.env,
    TOKENIZERS_PARALLELISM: threads === '1' ? 'false' : 'true',
    RAYON_NUM_THREADS: threads,
  };
  const printed = execFileSync(python, [join('bench', 'tokenizer.py'), kind, ...args], {
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 30,
  });
  return JSON.parse(printed) as Peer;
}

try {
  const all = join(directory, 'captions.json');
  const some = join(directory, 'some.json');
  await writeFile(all, JSON.stringify(captions));
  await writeFile(some, JSON.stringify(captions.slice(0, 10_000)));
  for (const [name, content] of Object.entries(writeVocabulary(vocabulary, 77)))
    await writeFile(join(directory, name), content);

  const start = performance.now();
  const tokenizer = createTokenizer(vocabulary, 77);
  const building = performance.now() - start;
  const ids = captions.map((caption) => tokenizer.encode(caption));
  const seconds = (performance.now() - start - building) / 1000;

  const rust = peer('rust', '1', all, directory);
  const rustThreads = peer('rust', String(cpus().length), all, directory);
  const openai = peer('openai', '1', some);
  assert.deepEqual(ids, rust.ids);
  assert.deepEqual(ids.slice(0, 10_000), openai.ids);

  const row = (name: string, count: number, time: number) =>
    console.log(
      `${name.padEnd(44)} ${Math.round(count / time)
        .toLocaleString('en')
        .padStart(9)} texts/s  ${(count / time / (captions.length / seconds)).toFixed(2).padStart(6)} of ours`,
    );
  console.log(`${cpus()[0]?.model}, ${cpus().length} processors, Node ${process.version}; same ids from all`);
  row(`clip-tfjs, one thread (built in ${Math.round(building)} ms)`, captions.length, seconds);
  row('tokenizers (Rust), one thread', captions.length, rust.seconds);
  row(`tokenizers (Rust), ${cpus().length} threads`, captions.length, rustThreads.seconds);
  row('OpenAI with ftfy (Python), 10,000 captions', 10_000, openai.seconds);
} finally {
  await rm(directory, { recursive: true });
}
