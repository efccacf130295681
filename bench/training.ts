// Training in samples per second, ours beside open_clip on PyTorch, and what our tensors take; about ten minutes on two cores:
//   npx tsc -p tsconfig.test.json && node build/bench/training.js [--backends tensorflow,wasm] [--rounds 5] [--quick]
// A step is all of it: both towers, loss, gradients, clipping, AdamW, on ready pixels and ids, always the same random ones.
// All programs start from the same weights, and the losses of the first steps must agree. They take turns, round by round.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultLayerNormEpsilon, openaiPreprocess } from '../src/config.ts';
import { writeFilesAtomically } from '../src/node/files.ts';
import { architectureConfig, type ClipConfig, initClip, ModelError, saveClip, useBackend } from '../src/node.ts';
import { normalNumbers, uniformNumbers } from '../src/random.ts';
import { Child } from './child.ts';
import { describeMachine } from './machine.ts';
import { assertPython, type ProgramSpec, python } from './programs.ts';
import { medianTable, spreadTable, type TableColumn } from './table.ts';

const { values: options } = parseArgs({
  options: {
    backends: { type: 'string', default: 'tensorflow,wasm' },
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
  },
});
const backends = options.backends.split(',').filter(Boolean);
const rounds = options.quick ? 1 : Number(options.rounds);
const cores = availableParallelism();

const shared = { activation: 'gelu', layerNormEpsilon: defaultLayerNormEpsilon } as const;
const texts = { contextLength: 24, vocabSize: 2000, endToken: 'argmax' } as const;
/** That of weights/emoji-clip. */
const emoji: ClipConfig = {
  embedDim: 128,
  vision: { kind: 'vit', imageSize: 48, patchSize: 8, width: 160, layers: 5, heads: 5, mlpWidth: 640, ...shared },
  text: { ...texts, width: 128, layers: 3, heads: 4, mlpWidth: 512, ...shared },
  preprocess: openaiPreprocess(48),
};

type Setting = {
  title: string;
  config: ClipConfig;
  batch: number;
  count: number;
  programs: ProgramSpec[];
};

const ours = (backend: string, values: 'kept' | 'again', batch: number): ProgramSpec => ({
  name: `clip-tfjs, ${backend}${values === 'again' ? ', blocks computed again' : ''}`,
  command: process.execPath,
  args: [fileURLToPath(new URL('programs/training.js', import.meta.url)), backend, values, String(batch)],
  threads: backend === 'tensorflow' ? cores : 1,
});
const pytorch = (batch: number): ProgramSpec => ({
  name: 'PyTorch (open_clip)',
  command: python,
  args: ['bench/programs/training.py', String(batch)],
  threads: cores,
});

const emojiBatch = options.quick ? 8 : 256;
const settings: Setting[] = [
  {
    title: `emoji-clip, batch ${emojiBatch}`,
    config: emoji,
    batch: emojiBatch,
    count: options.quick ? 1 : 3,
    programs: [
      ...backends.flatMap((backend) => [ours(backend, 'kept', emojiBatch), ours(backend, 'again', emojiBatch)]),
      pytorch(emojiBatch),
    ],
  },
  ...(options.quick
    ? []
    : [
        {
          title: 'ViT-B/32, batch 16',
          config: architectureConfig('ViT-B/32', 'quick_gelu'),
          batch: 16,
          count: 1,
          programs: [
            ...(backends.includes('tensorflow')
              ? [ours('tensorflow', 'kept', 16), ours('tensorflow', 'again', 16)]
              : []),
            pytorch(16),
          ],
        },
      ]),
];

/** Writes the same random weights for both libraries, pictures and ids. */
async function prepare(directory: string, { config, batch }: Setting): Promise<void> {
  await useBackend('cpu');
  const { imageSize } = config.vision as { imageSize: number };
  const { contextLength: seq = 0, vocabSize = 0 } = config.text ?? {};
  using clip = initClip(config, 1, () => {
    throw new ModelError('random weights have no vocabulary');
  });
  await saveClip(clip, join(directory, 'model'), { layout: 'huggingface' });
  await saveClip(clip, join(directory, 'open_clip'), { layout: 'open_clip' });
  const pixels = Float32Array.from({ length: batch * 3 * imageSize ** 2 }, normalNumbers(2));
  const uniform = uniformNumbers(3);
  const id = (_: unknown, i: number) => (i % seq === seq - 1 ? vocabSize - 1 : Math.floor(uniform() * (vocabSize - 2)));
  const ids = Int32Array.from({ length: batch * seq }, id);
  await writeFilesAtomically(directory, [
    ['pixels.f32', [new Uint8Array(pixels.buffer)]],
    ['ids.i32', [new Uint8Array(ids.buffer)]],
  ]);
}

async function measure(setting: Setting): Promise<void> {
  const { title, batch, count, programs } = setting;
  const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-bench-'));
  const children: Child[] = [];
  try {
    await prepare(directory, setting);
    children.push(...programs.map((spec) => new Child(spec, [directory])));
    const rates: number[][] = programs.map(() => []);
    const bytes: (number | undefined)[] = programs.map(() => undefined);
    const first: number[][] = [];
    for (const child of children) first.push((await child.ask({ do: 'steps', count: 3 })).losses ?? []);
    for (const losses of first)
      for (const [step, loss] of losses.entries())
        assert.ok(
          Math.abs(loss - (first.at(-1)?.[step] ?? Number.NaN)) < 1e-3,
          `the losses differ: ${JSON.stringify(first)}`,
        );
    for (let round = 0; round < rounds; round++)
      for (const [index, child] of children.entries()) {
        const begin = performance.now();
        bytes[index] = (await child.ask({ do: 'steps', count })).bytesOver;
        rates[index]?.push((1000 * count * batch) / (performance.now() - begin));
      }
    const names = programs.map(({ name }) => name);
    const columns: TableColumn[] = [
      { title: 'samples/s', better: 'more', cells: rates.map((values) => ({ values })) },
      { title: 'GB over', better: 'less', cells: bytes.map((value) => ({ values: value ? [value / 1e9] : [] })) },
    ];
    console.log(`\n## ${title}\n\n${medianTable(names, columns, names.length - 1)}\n`);
    console.log(`Lowest and highest round:\n\n${spreadTable(names, columns.slice(0, 1))}`);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await rm(directory, { recursive: true });
  }
}

assertPython();
for (const [what, value] of Object.entries(describeMachine())) console.log(`${what}: ${value}`);
console.log(`
Medians of ${rounds} rounds; in brackets, times as fast as PyTorch. GB over: the most that tensors took in a step,
over the weights, their gradients and the two moments of each.`);
for (const setting of settings) await measure(setting);
