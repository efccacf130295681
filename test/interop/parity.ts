/**
 * Compares full-size models with Python, one at a time, and writes docs/parity.md. What was measured is kept in
 * build/parity.jsonl: a run that was stopped goes on; where src or the machine is another, it begins anew.
 *
 *   npm run parity                       all ten architectures; 12 GB of memory, 9 GB of disk
 *   npm run parity -- ViT-B/32 RN50      these alone, on the screen
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../../bench/machine.ts';
import type { BackendName } from '../../src/backend.ts';
import { architectureConfig } from '../../src/config.ts';
import { writeFileAtomically } from '../../src/node/files.ts';
import { parameterCount, parameterShapes } from '../../src/parameters.ts';
import { bytesNeeded, wasmHeap } from '../../src/weights/check-memory.ts';
import {
  compareApart,
  dtypes,
  type FullSize,
  type FullSizeResult,
  fullSizeModels,
  isWithinTolerance,
  leastCosine,
  probeBackend,
  tolerance,
  withFullSizeModel,
} from './full-size.ts';
import { runPython } from './python.ts';

type Row = { model: string; layout: string; dtype: string; backend: BackendName } & FullSizeResult;

const asked = process.argv.slice(2);
const models = fullSizeModels.filter(({ name }) => asked.length === 0 || asked.includes(name));
const unknown = asked.filter((name) => !fullSizeModels.some((model) => model.name === name));
if (unknown.length > 0)
  throw new RangeError(
    `Cannot compare ${unknown.join(', ')}: expected ${fullSizeModels.map(({ name }) => name).join(', ')}`,
  );

const tensorflow = probeBackend('tensorflow');
const wasm = probeBackend('wasm');
const machine: Record<string, string> = {
  ...describeMachine(),
  tensorflow: tensorflow ? tensorflow.version : 'missing: wasm computed what it can hold',
  wasm: wasm?.version ?? 'missing',
  python: runPython('full_size.py', 'versions').trim().split('\n').join(', '),
};

const journal = join('build', 'parity.jsonl');
const rows = readJournal();
for (const model of models) {
  for (const layout of model.layouts) {
    const wanted = dtypes.flatMap((dtype) => backendsFor(model).map((backend) => ({ dtype, backend })));
    const left = wanted.filter(({ dtype, backend }) => !find(model, layout, dtype, backend));
    if (left.length === 0) continue;
    await withFullSizeModel(model, layout, async (directory) => {
      for (const { dtype, backend } of left) {
        const result = compareApart(model, layout, join(directory, dtype), backend);
        const row: Row = { model: model.name, layout, dtype, backend, ...result };
        rows.push(row);
        appendFileSync(journal, `${JSON.stringify(row)}\n`);
        console.error(cells(row).join('  '));
      }
    });
  }
}
const found = models.flatMap(({ name }) => rows.filter(({ model }) => model === name));
if (asked.length === 0) await writeFileAtomically(join('docs', 'parity.md'), report(found));
else console.log(report(found));
if (!found.every(isWithinTolerance)) process.exitCode = 1;

/** The lines of an earlier run, where src, machine and versions are the same. */
function readJournal(): Row[] {
  const { date: _date, commit: _commit, ...circumstances } = machine;
  const source = execFileSync('git', ['rev-parse', 'HEAD:src'], { encoding: 'utf8' }).trim();
  const head = JSON.stringify({ source, ...circumstances });
  const [first, ...lines] = existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : [];
  if (first === head) return lines.map((line) => JSON.parse(line) as Row);
  rmSync(journal, { force: true });
  appendFileSync(journal, `${head}\n`);
  return [];
}

function find(model: FullSize, layout: string, dtype: string, backend: BackendName): Row | undefined {
  return rows.find(
    (row) => row.model === model.name && row.layout === layout && row.dtype === dtype && row.backend === backend,
  );
}

/** TensorFlow for all, wasm for the two smallest; without TensorFlow, wasm for what fits into it. */
function backendsFor({ name, activation }: FullSize): BackendName[] {
  const shapes = parameterShapes(architectureConfig(name, activation));
  const isSmall = name === 'ViT-B/32' || name === 'RN50';
  const takesWasm = tensorflow ? isSmall : bytesNeeded(shapes, 'wasm') <= wasmHeap;
  return [...(tensorflow ? (['tensorflow'] as const) : []), ...(takesWasm ? (['wasm'] as const) : [])];
}

function cells({ model, layout, dtype, backend, image, text }: Row): string[] {
  const parameters = parameterCount(architectureConfig(model, 'gelu'));
  const errors = [image, text].map(({ error }) => error.toExponential(1));
  const typical = [image, text].map((tower) => tower.typical.toPrecision(2)).join(', ');
  const cosine = 1 - Math.min(image.cosine, text.cosine);
  return [
    model,
    `${(parameters / 1e6).toFixed(1)} M`,
    layout,
    dtype,
    backend,
    ...errors,
    typical,
    cosine.toExponential(0),
  ];
}

function report(results: readonly Row[]): string {
  const header = [
    'model',
    'parameters',
    'layout',
    'dtype',
    'backend',
    'picture',
    'text',
    'typical value',
    '1 - cosine',
  ];
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const worst = Math.max(...results.flatMap(({ image, text }) => [image.error, text.error]));
  const failed = results.filter((result) => !isWithinTolerance(result));
  const verdict =
    failed.length === 0
      ? `All ${results.length} are within ${tolerance}, and have a cosine of ${leastCosine} or more; the largest error is ${worst.toExponential(1)}.`
      : `${failed.length} of ${results.length} are NOT within ${tolerance} or below a cosine of ${leastCosine}: ${failed
          .map(({ model, layout, dtype, backend }) => [model, layout, dtype, backend].join(' '))
          .join('; ')}.`;
  const absent = models.filter((model) => backendsFor(model).length === 0).map(({ name }) => name);
  return [
    '# Parity with Python on full-size models',
    '',
    'Written by `npm run parity`. Each model has random weights, made and written by open_clip (layouts `openai`, a bare file, and',
    '`open_clip`) or transformers (`huggingface`); two pictures and three texts are encoded there and here. For F16 and BF16, Python',
    'computes in float32 with the rounded weights of the file. Errors are the largest absolute differences of a value before normalisation.',
    '',
    verdict,
    ...(absent.length > 0 ? ['', `Not compared, because no backend here holds them: ${absent.join(', ')}.`] : []),
    '',
    line(header),
    line(header.map((_, column) => (column < 5 ? '---' : '---:'))),
    ...results.map((row) => line(cells(row))),
    '',
    '| where | |',
    '| --- | --- |',
    ...Object.entries(machine).map(line),
    '',
  ].join('\n');
}
