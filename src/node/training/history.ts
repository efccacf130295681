import type { FinetuneStep } from '../../train/finetune.ts';
import type { FileBatch } from './batches.ts';
import { isStep, readLog, type StepEntry } from './log.ts';
import type { RunSize } from './plan.ts';
import { watchTraining } from './watch.ts';

/** What later steps need to know of earlier ones. */
export type RunHistory = {
  /** @returns warnings that were not given before */
  add: (entry: StepEntry) => string[];
  /** Of the finite losses of the epoch so far. */
  meanLoss: () => number | null;
};

/** Takes in the log of the steps before. */
export async function recallRun(path: string, bytes: number, { stepsPerEpoch, warmup }: RunSize): Promise<RunHistory> {
  const watch = watchTraining(warmup);
  let losses: number[] = [];
  const add = (entry: StepEntry): string[] => {
    if ((entry.step - 1) % stepsPerEpoch === 0) losses = [];
    if (entry.loss !== null) losses.push(entry.loss);
    return watch(entry);
  };
  for await (const entry of readLog(path, bytes)) if (isStep(entry)) add(entry);
  const meanLoss = () => (losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  return { add, meanLoss };
}

/** A step as the log has it. @param began when the work at it began, by `performance.now()` */
export function stepEntry(
  { step, loss, logitScale, learningRate, gradientNorm, skipped }: FinetuneStep,
  { pairs, repeated }: FileBatch,
  { stepsPerEpoch }: RunSize,
  began: number,
): StepEntry {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    step,
    epoch: Math.floor((step - 1) / stepsPerEpoch) + 1,
    loss: finite(loss),
    logitScale,
    learningRate,
    gradientNorm: finite(gradientNorm),
    skipped,
    pairs: pairs.length,
    repeated,
    time: new Date().toISOString(),
    samplesPerSecond: Number(((1000 * pairs.length) / (performance.now() - began)).toPrecision(4)),
  };
}
