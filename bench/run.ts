/**
 * Our backends beside onnxruntime, PyTorch and transformers.js, on the same random ViT-B/32: one table. See README.md here.
 *
 *   npm run bench -- [--cases images,texts] [--backends tensorflow,wasm] [--peers open_clip] [--rounds 5] [--json] [--quick]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFileAtomically } from '../src/node/files.ts';
import {
  type Architecture,
  architectureConfig,
  findArchitecture,
  parameterCount,
  type VitConfig,
} from '../src/node.ts';
import { type CaseName, caseNames, columnsOf, quick, whole } from './cases.ts';
import { checkSameEmbeddings } from './check.ts';
import { Child } from './child.ts';
import { imageFlops, matmulShapes } from './flops.ts';
import { describeMachine } from './machine.ts';
import { measureColdStarts, measureColumn } from './measure.ts';
import { prepareInputs, prepareOnnx, preparePictures, prepareWeights } from './prepare.ts';
import { ownProgram, type ProgramSpec, peers } from './programs.ts';
import { report } from './report.ts';
import type { Cell, TableColumn } from './table.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: caseNames.join(',') },
    backends: { type: 'string', default: 'tensorflow,wasm' },
    peers: { type: 'string', default: Object.keys(peers).join(',') },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const list = (text: string) => text.split(',').filter((name) => name !== '');
const cases = list(options.cases) as CaseName[];
const wrong = [
  ...cases.filter((name) => !caseNames.includes(name)),
  ...list(options.peers).filter((name) => !(name in peers)),
];
if (wrong.length > 0) {
  const known = `cases are ${caseNames.join(', ')}; peers are ${Object.keys(peers).join(', ')}`;
  throw new RangeError(`Cannot run ${wrong.join(', ')}: ${known}`);
}
const [rounds, limit] = [options.rounds ?? (options.quick ? '1' : '5'), options.seconds].map((text) => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new RangeError(`Cannot run '${text}' rounds or seconds: expected a positive integer`);
}) as [number, number];
const log = (line: string) => console.error(line);

/** Two narrow layers in each tower: to see that all of it runs. */
const small: Architecture = (() => {
  const tower = { width: 64, layers: 2, heads: 1, mlpWidth: 256 };
  const { vision, text } = findArchitecture('ViT-B/32');
  return { embedDim: 32, vision: { ...(vision as VitConfig), ...tower }, text: { ...text, ...tower } };
})();
const architecture = options.quick ? small : findArchitecture('ViT-B/32');
const config = architectureConfig(architecture, 'quick_gelu');
const vision = config.vision as VitConfig;
const amount = options.quick ? quick : whole;

const chosen = list(options.peers).map((name) => peers[name] as ProgramSpec);
const specs = [...chosen, ...list(options.backends).map(ownProgram)];
const temporary = mkdtempSync(join(tmpdir(), 'clip-tfjs-bench-'));
const folder = join(temporary, 'pictures');
const directories = [join('bench', 'models', options.quick ? 'small' : 'vit-b-32'), join(temporary, 'inputs')] as const;
const children: Child[] = [];
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  log('preparing weights and inputs');
  await prepareWeights(directories[0], architecture);
  await prepareOnnx(directories[0]).catch((error: Error) => log(`no ONNX models: ${error.message}`));
  const pictures = Math.max(...Object.keys(amount.images).map(Number));
  await prepareInputs(directories[1], vision.imageSize, { ...amount, pictures });
  if (cases.includes('folder')) await preparePictures(folder, amount.files);

  const absent = new Map<string, string>();
  const versions: Record<string, string> = {};
  for (const spec of specs) {
    const child = new Child(spec, directories);
    try {
      Object.assign(versions, (await child.ask({ do: 'load' })).versions);
      children.push(child);
    } catch (error) {
      absent.set(spec.name, (error as Error).message);
      log(`not there: ${spec.name}: ${absent.get(spec.name)}`);
      await child.stop();
    }
  }
  if (children.length === 0) throw new Error('Cannot run: none of the programs is there');
  const differences = await checkSameEmbeddings(children);
  log('all programs give the same embeddings');

  let ceiling = { gigaflops: 0, program: '' };
  const measureCeiling = async () => {
    for (const child of children) {
      const asked = child.ask({ do: 'matmul', shapes: matmulShapes(vision, 32) });
      const { gigaflops = 0 } = await asked.catch(() => ({ gigaflops: 0 }));
      if (gigaflops > ceiling.gigaflops) ceiling = { gigaflops, program: child.spec.name };
    }
  };
  const columns: TableColumn[] = [];
  for (const column of columnsOf(amount, folder)) {
    if (!cases.includes(column.case)) continue;
    const ofImages = column.case === 'images';
    const cells = await measureColumn(
      column,
      children,
      { rounds, limit, log },
      ofImages ? measureCeiling : async () => {},
    );
    columns.push({
      title: column.title,
      better: column.unit === 'seconds' ? 'less' : 'more',
      cells,
      ...(ofImages ? { gigaflop: imageFlops(vision, config.embedDim) / 1e9 } : {}),
    });
  }
  const present = children.map((child) => child.spec);
  await Promise.all(children.map((child) => child.stop()));

  if (cases.includes('cold')) {
    const bytes = 4 * parameterCount(config);
    const multiples = (cell: Cell): Cell =>
      'values' in cell ? { values: cell.values.map((value) => value / bytes) } : cell;
    const starts = await measureColdStarts(present, directories, { rounds, log });
    columns.push(
      { title: 'cold start, s', better: 'less', cells: starts.map(({ seconds }) => seconds) },
      { title: 'peak memory, once loaded', better: 'as it is', cells: starts.map(({ loaded }) => multiples(loaded)) },
      { title: 'peak memory, in use', better: 'as it is', cells: starts.map(({ first }) => multiples(first)) },
    );
  }

  const results = {
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    machine: describeMachine(),
    versions,
    model: options.quick ? 'a small model' : 'ViT-B/32',
    rounds,
    programs: present.map(({ name, threads }) => ({ name, threads })),
    absent: Object.fromEntries(absent),
    differences,
    columns,
    ...(ceiling.gigaflops > 0 ? { ceiling } : {}),
  };
  const text = report(results);
  console.log(options.json ? JSON.stringify(results) : text);
  if (columns.some(({ cells }) => cells.some((cell) => 'missing' in cell && cell.failed))) process.exitCode = 1;
  const complete = !options.quick && caseNames.every((name) => cases.includes(name));
  if (complete) await writeFileAtomically(join('bench', 'RESULTS.md'), text);
  else log('bench/RESULTS.md is written by runs of all cases only');
} finally {
  await Promise.all(children.map((child) => child.stop()));
}
