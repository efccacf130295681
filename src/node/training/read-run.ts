import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuardScore } from '../../evaluate/guard.ts';
import type { Validation } from '../../train/validate.ts';
import { orUndefined } from '../files.ts';
import { isAlive } from '../is-alive.ts';
import { isStep, readLog } from './log.ts';
import { logPath } from './open-logs.ts';
import { readRunFile, runRows } from './run-file.ts';
import { findEarlierRun } from './run-notes.ts';

/** A run as its folder tells of it. */
export type RunRecord = {
  /** The folder, as it was given. */
  folder: string;
  /** 'running' where a process is at work in it; undefined where it is not known how many steps were planned. */
  state: 'finished' | 'running' | 'stopped' | undefined;
  step: number;
  /** Planned; undefined for a run from before there was run.json. */
  steps: number | undefined;
  /** Pairs of a step. */
  batchSize: number | undefined;
  /** What it was begun with, by path: `settings.learningRate`. */
  settings: ReadonlyMap<string, string>;
  trainedParameters: number | undefined;
  /** Of the steps, without validations and pauses. */
  seconds: number;
  samplesPerSecond: number | undefined;
  losses: readonly LossPoint[];
  validations: readonly ValidationPoint[];
  /** The validation with the lowest loss. */
  best: ValidationPoint | undefined;
  /** Mean of the last epoch that was finished, else of the last step. */
  finalLoss: number | null | undefined;
  /** What it knew of the guard set before the first step, and after the last epoch. */
  guard: { metric: GuardScore['metric']; first: number; last: number } | undefined;
};

/** After a step: pairs that were shown by then. */
export type LossPoint = { step: number; pairsShown: number; loss: number | null };

export type ValidationPoint = { epoch: number; step: number; pairsShown: number; validation: Validation };

/**
 * Reads what a run has written so far: `run.json`, `log.jsonl`, and for runs from before there was run.json the settings in the
 * newest checkpoint.
 * @returns undefined where the folder is no run's
 * @throws SyntaxError that names a damaged file
 */
export async function readRun(folder: string): Promise<RunRecord | undefined> {
  if (!(await orUndefined(stat(folder)))?.isDirectory()) return undefined;
  const file = await readRunFile(folder);
  const notes = file ? undefined : (await findEarlierRun(folder))?.notes;
  const losses: LossPoint[] = [];
  const validations: ValidationPoint[] = [];
  const guards: GuardScore[] = [];
  let [step, pairsShown, seconds, batchSize] = [0, 0, 0, file?.size.batchSize];
  let finalLoss: number | null | undefined;
  let lines = 0;
  for await (const entry of readLog(logPath(folder))) {
    lines++;
    if (isStep(entry)) {
      step = entry.step;
      pairsShown += entry.pairs;
      batchSize ??= entry.pairs;
      seconds += entry.pairs / entry.samplesPerSecond;
      if (entry.epoch === 1) finalLoss = entry.loss;
      losses.push({ step, pairsShown, loss: entry.loss });
      continue;
    }
    if (entry.meanLoss !== null && entry.epoch > 0) finalLoss = entry.meanLoss;
    if (entry.validation) validations.push({ epoch: entry.epoch, step, pairsShown, validation: entry.validation });
    if (entry.guard) guards.push(entry.guard);
  }
  if (!file && !notes && lines === 0) return undefined;
  const steps = file?.size.steps;
  const [lowest] = validations.toSorted((one, other) => one.validation.loss - other.validation.loss);
  return {
    folder,
    state: await stateOf(folder, step, steps),
    ...{ step, steps, batchSize, losses, validations, best: lowest, finalLoss, seconds },
    settings: new Map(file ? runRows(file) : identityRows(notes?.identity ?? {})),
    trainedParameters: file?.model.trainedParameters,
    samplesPerSecond: seconds > 0 ? pairsShown / seconds : undefined,
    guard: changeOf(guards),
  };
}

function changeOf(scores: readonly GuardScore[]): RunRecord['guard'] {
  const [first] = scores;
  return first && { metric: first.metric, first: first.value, last: (scores.at(-1) as GuardScore).value };
}

async function stateOf(folder: string, step: number, steps: number | undefined): Promise<RunRecord['state']> {
  const pid = Number((await orUndefined(readFile(join(folder, '.running'), 'utf8'))) ?? 0);
  if (pid > 0 && isAlive(pid)) return 'running';
  return steps === undefined ? undefined : step === steps ? 'finished' : 'stopped';
}

const digests: Record<string, string> = {
  'the model': 'model.sha256',
  'the training data': 'data.training.sha256',
  'the validation data': 'data.validation.sha256',
  exifRotate: 'exifRotate',
  backend: 'backend',
};

/** A checkpoint's identity in the words of run.json. */
function identityRows(identity: Record<string, unknown>): [string, string][] {
  return runRows(
    Object.fromEntries(
      Object.entries(identity).map(([name, value]) => [
        digests[name] ?? (name.startsWith('augmentation.') ? name : `settings.${name}`),
        value,
      ]),
    ),
  );
}
