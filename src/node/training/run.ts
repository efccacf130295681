import type { Clip } from '../../clip.ts';
import { finetune } from '../../train/finetune.ts';
import type { TrainingState } from '../../train/training-state.ts';
import { writeCheckpoint } from '../checkpoints.ts';
import type { PairSet } from '../pairs.ts';
import { makeDirectory, removeDirectories } from '../writable.ts';
import { type FileBatch, fileBatches } from './batches.ts';
import { checkpointClock } from './checkpoint-clock.ts';
import { claimDirectory } from './claim.ts';
import { concludeRun, endEpoch, onBad } from './end-epoch.ts';
import { stepEntry } from './history.ts';
import type { LogEntry } from './log.ts';
import { assertFitForRun } from './model-directory.ts';
import { type OpenRun, openRun } from './open-run.ts';
import { checkpointsIn, type RunNotes } from './run-notes.ts';
import type { RunOptions, RunResult } from './run-options.ts';

/**
 * Trains on picture files, from where an earlier call with the same settings stopped, if one did. In `out` it keeps `run.json`, `log.jsonl`,
 * `report.html`, the newest checkpoint, and the model: with a validation that of the best epoch so far, else the last.
 * Afterwards the model in memory has the weights of the last step.
 * @yields each line of the log when it is written
 * @throws Error where `out` cannot be written to, belongs to another run or holds files of something else, or more than `maxBad` of
 *   the rows are bad; a run that cannot begin leaves nothing behind
 */
export async function* trainOnFiles(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  options: RunOptions,
): AsyncGenerator<LogEntry, RunResult, undefined> {
  await assertFitForRun(options.out);
  const made = await makeDirectory(options.out);
  const release = await claimDirectory(options.out);
  try {
    const run = await openRun(clip, training, validation, options);
    try {
      return yield* takeSteps(run, options.signal);
    } finally {
      await run.close();
    }
  } finally {
    await release();
    await removeDirectories(made); // where nothing was written
  }
}

async function* takeSteps(
  run: OpenRun,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogEntry, RunResult, undefined> {
  const { options, size, history, log, guard } = run;
  const { report } = options;
  const { steps } = size;
  let { step, skipped } = run.progress;
  let current: FileBatch | undefined;
  const resume = await run.readState();
  const clock = checkpointClock(options.checkpointSeconds);
  const trained = trainingSteps(run, resume, (batch) => {
    current = batch;
  });
  if (step === 0 && (run.validation || guard)) yield await closeEpoch(run, 0); // what it is to be compared with
  let began = performance.now();
  for await (const result of trained) {
    resume?.tensors.clear(); // they are in the model now: three times its size
    const entry = stepEntry(result, current as FileBatch, size, began);
    ({ step, skipped } = result);
    await log.add(entry);
    for (const warning of history.add(entry)) report(warning);
    yield entry;
    if (step === steps || step % size.stepsPerEpoch === 0) yield await closeEpoch(run, entry.epoch);
    const isEnd = step === steps || (guard?.isOver ?? false);
    const isStopped = signal?.aborted ?? false;
    if (isEnd) await concludeRun(run, isEnd);
    if (isEnd || isStopped || clock.isDue()) {
      const state = await result.state();
      await clock.time(() => keep(run, state));
    }
    if (isStopped && !isEnd) await concludeRun(run, isEnd); // may take a minute: a second Ctrl-C loses the report alone
    if (isStopped || isEnd) break;
    began = performance.now();
  }
  return resultOf(run, step, skipped);
}

/** The steps from where an earlier call stopped. @param tell hears of each batch before it is trained on */
function trainingSteps(run: OpenRun, resume: TrainingState | undefined, tell: (batch: FileBatch) => void) {
  const { clip, options, size, plan, average, adaptation } = run;
  return finetune(clip, watched(batchesOf(run), tell), {
    ...options.settings,
    steps: size.steps,
    chunkSize: plan.chunkSize,
    recompute: plan.recompute,
    trained: adaptation.trained,
    rateScale: adaptation.rateScale,
    ...(average && { average }),
    ...(resume && { resume }),
  });
}

function resultOf({ best, guard, bad, size: { steps }, progress }: OpenRun, step: number, skipped: number): RunResult {
  const isOver = guard?.isOver ?? false;
  return {
    isFinished: step >= steps || isOver,
    ...{ step, steps, resumedFrom: progress.step, skipped, bad: bad.rows },
    ...(best && { best }),
    ...(guard?.notes && { guard: { ...guard.notes, isOver } }),
  };
}

async function closeEpoch(run: OpenRun, epoch: number): Promise<LogEntry> {
  const entry = await endEpoch(run, epoch);
  await run.log.add(entry);
  return entry;
}

function batchesOf({ training, source, size, options, progress, bad, guard }: OpenRun): AsyncGenerator<FileBatch> {
  const { batchSize, steps } = size;
  const endStep = guard?.isOver ? progress.step : steps;
  const order = { batchSize, seed: options.settings.seed, firstStep: progress.step, endStep };
  return fileBatches(training.pairs, source, order, onBad(bad));
}

/** Tells of each item before it is given. */
async function* watched<T>(items: AsyncIterable<T>, tell: (item: T) => void): AsyncGenerator<T> {
  for await (const item of items) {
    tell(item);
    yield item;
  }
}

/** Writes a checkpoint. The log is on the disk before it is noted how long it is. */
async function keep(run: OpenRun, state: TrainingState): Promise<void> {
  const { identity, plan, log, best, bad, badValidation, options, guard } = run;
  const logBytes = await log.sync();
  const guardNotes = guard?.notes && { guard: guard.notes };
  const tensorboard = await run.tensorboard?.keep();
  const rows = { bad: [...bad.rows], badValidation: [...badValidation.rows] };
  const notes: RunNotes = {
    identity,
    plan,
    logBytes,
    ...rows,
    ...(best && { best }),
    ...guardNotes,
    ...(tensorboard && { tensorboard }),
  };
  await writeCheckpoint(checkpointsIn(options.out), { state, notes });
}
