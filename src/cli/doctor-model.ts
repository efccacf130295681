import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { type Acceptance, acceptanceTests } from '../node/doctor/acceptance.ts';
import { examineModel, type ModelExamination } from '../node/doctor/examine-model.ts';
import { describePreprocess } from './describe-preprocess.ts';
import { loadOptions, type ModelOptions, openClip, startBackend } from './options.ts';
import { printJson, table } from './output.ts';

/**
 * Examines a model's files, loads it, encodes a grey picture and an empty text, and compares with what was recorded of
 * published weights. Ends with 1 where tensors are missing or left over,
 * where it does not load or gives numbers that are none, and where a recorded output differs.
 * @param pictures the folder with the recorded pictures
 */
export async function diagnoseModel(options: ModelOptions, pictures: string | undefined): Promise<void> {
  const { model, json } = options;
  const backend = await startBackend(options);
  const examination = await examineModel(model, loadOptions(options));
  const { missing, misshapen, unused } = examination.faults;
  const outcome = await (missing.length + misshapen.length + unused.length > 0
    ? { fault: 'not tried: config and tensors disagree', acceptance: [] }
    : tryModel(options, pictures, examination.cache?.repository));
  const isGood = outcome.fault === undefined && outcome.acceptance.every(({ state }) => state !== 'differs');
  if (json) printJson({ model, backend, good: isGood, ...examination, ...outcome });
  else console.log(describe(model, backend, isGood, examination, outcome));
  if (!isGood) process.exitCode = 1;
}

/** What came of loading and running it. */
type Outcome = { fault?: string; acceptance: Acceptance[] };

async function tryModel(options: ModelOptions, pictures?: string, repository?: string): Promise<Outcome> {
  try {
    using clip = await openClip(options);
    const encoded = tf.tidy(() => encodeSomething(clip));
    const rows = await Promise.all(encoded.map((row) => row.data()));
    tf.dispose(encoded);
    if (!rows.every((row) => row.every(Number.isFinite))) return { fault: 'gives NaN or infinity', acceptance: [] };
    return {
      acceptance: await acceptanceTests(clip, {
        ...(pictures !== undefined && { pictures }),
        ...(repository && { repository }),
      }),
    };
  } catch (error) {
    if (error instanceof ModelError) return { fault: error.message, acceptance: [] };
    throw error;
  }
}

function encodeSomething(clip: Clip): tf.Tensor2D[] {
  const { vision, text } = clip.config;
  const rows: tf.Tensor2D[] = [];
  if (vision && clip.towers !== 'text')
    rows.push(clip.encodeImage(tf.zeros([1, vision.imageSize, vision.imageSize, 3])));
  if (text && clip.towers !== 'image')
    rows.push(clip.encodeText(tf.tensor2d([[text.vocabSize - 2, text.vocabSize - 1]], undefined, 'int32')));
  return rows;
}

function describe(
  model: string,
  backend: string,
  isGood: boolean,
  {
    layout,
    configSource,
    dtypes,
    tensors,
    parameters,
    faults,
    tokenizer,
    config,
    memory,
    cache,
    cacheDirectory,
  }: ModelExamination,
  { fault, acceptance }: Outcome,
): string {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const { missing, misshapen, unused, ignored } = faults;
  const rows = [
    ['model', `layout ${layout}, config from ${configSource}, ${dtypes.join(', ')}`],
    ['cache', cache ? describePlace(cache) : `not used: files of their own (the cache is ${cacheDirectory})`],
    ['tensors', `${tensors} with ${parameters.toLocaleString('en')} parameters`],
    ...missing.map((key) => ['  MISSING', key]),
    ...misshapen.map((fault) => ['  SHAPE', fault]),
    ...unused.map((key) => ['  UNUSED', key]),
    ...(ignored.length > 0 ? [['  passed over', ignored.join(', ')]] : []),
    ['tokenizer', tokenizer.fault ?? `${tokenizer.source}: ${tokenizer.tokens} tokens`],
    ...(config.vision ? [['preprocessing', describePreprocess(config.preprocess)]] : []),
    ['memory', `${gigabytes(memory.needed)} needed on ${backend}, ${gigabytes(memory.available)} free`],
    ['encodes', fault ?? 'yes'],
  ];
  const lines = [`${model}: ${isGood ? 'good' : 'BAD'} on ${backend}`, '', table(rows)];
  if (acceptance.length > 0) lines.push('', 'Recorded outputs', table(acceptance.map(acceptanceRow)));
  const differing = [...new Set(acceptance.filter(({ state }) => state === 'differs').map(({ weights }) => weights))];
  if (differing.some((weights) => weights !== undefined))
    lines.push('', `Recorded of ${differing.join(' and ')}; other weights of the same shapes give other values.`);
  return lines.join('\n');
}

function describePlace({ repository, commit, isChecked }: NonNullable<ModelExamination['cache']>): string {
  return `${repository} at ${commit}${isChecked ? '' : ", hashes not checked: 'clip-tfjs pull NAME --offline' does"}`;
}

function acceptanceRow({ name, state, error, tolerance, needs }: Acceptance): string[] {
  const figure = error === undefined ? '' : `off by ${error.toPrecision(2)}, allowed is ${tolerance}`;
  return [{ ok: 'ok', differs: 'DIFFERS', 'not run': 'not run' }[state], name, needs ? `needs ${needs}` : figure];
}
