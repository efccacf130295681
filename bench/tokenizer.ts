// Texts per second of our tokenizer, of Hugging Face's Rust one and of OpenAI's Python one, each in its first pass
// (cold):
//   npx tsc -p tsconfig.test.json && node build/bench/tokenizer.js
// Python is CLIP_TFJS_PYTHON, else .venv/bin/python as `npm run interop:setup` makes it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenizer } from '../src/tokenizer/tokenizer.ts';
import { openaiVocabulary } from '../src/tokenizer/vocabulary.ts';
import { writeVocabulary } from '../src/tokenizer/vocabulary-files.ts';

const count = 100_000;
const subset = 10_000; // OpenAI's is timed on the first of them only: ftfy takes its time

const words = `
a photo of the small red wooden house beside an old stone bridge over quiet river two children playing with
their brown dog in park under tall trees during sunset woman wearing blue dress and straw hat holding an
umbrella man riding bicycle down narrow street past colorful market stalls full fresh fruit vegetables black
cat sleeping on windowsill close up shot delicious pizza topped mozzarella basil aerial view snowy mountains
skateboarder performing trick airplane taking off from runway giraffe zebra elephant drinking at watering hole
vintage camera resting upon leather suitcase neon-lit skyline skyscrapers reflected river's surface it's don't
they're 2 3 7 24 1999
`
  .trim()
  .split(/\s+/);

/** Captions of 6 to 20 words, all different; the generator is that of Park and Miller. */
function captions(): string[] {
  let state = 42;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const made = new Set<string>();
  while (made.size < count) {
    const caption = Array.from({ length: 6 + random(15) }, () => words[random(words.length)]).join(' ');
    made.add(caption[0]!.toUpperCase() + caption.slice(1) + (random(2) ? '.' : ''));
  }
  return [...made];
}

type Timing = [texts: number, seconds: number, ids: number[][]];

const texts = captions();
const directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
try {
  const vocabulary = await openaiVocabulary();
  const tokenizer = createTokenizer(vocabulary, 77);
  const begin = performance.now();
  const ids = texts.map((text) => tokenizer.encode(text));
  const cold = (performance.now() - begin) / 1000;
  const again = performance.now();
  for (const text of texts) tokenizer.encode(text);
  const warm = (performance.now() - again) / 1000;

  writeFileSync(join(directory, 'texts.json'), JSON.stringify(texts));
  writeFileSync(join(directory, 'tokenizer.json'), writeVocabulary(vocabulary, 77)['tokenizer.json']!);
  const python = process.env.CLIP_TFJS_PYTHON ?? '.venv/bin/python';
  const script = ['bench/tokenizer.py', join(directory, 'texts.json'), directory, String(subset)];
  const others = JSON.parse(
    execFileSync(python, script, { encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'inherit'] }),
  ) as Record<string, Timing>;

  for (const [name, [, , first]] of Object.entries(others)) assert.deepEqual(ids.slice(0, first.length), first, name);
  console.log('The ids are equal.');
  const row = (name: string, texts: number, seconds: number) =>
    console.log(
      `${name.padEnd(28)}${String(texts).padStart(8)} texts ${seconds.toFixed(2).padStart(7)} s ${Math.round(
        texts / seconds,
      )
        .toString()
        .padStart(9)} texts/s`,
    );
  row('clip-tfjs', count, cold);
  row('clip-tfjs, second pass', count, warm);
  for (const [name, [timed, seconds]] of Object.entries(others)) row(name, timed, seconds);
} finally {
  rmSync(directory, { recursive: true });
}
