import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import type { Augmentation } from '../../image/augment.ts';
import { finetune } from '../../train/finetune.ts';
import type { TrainingPlan } from '../../train/memory.ts';
import type { TrainingState } from '../../train/training-state.ts';
import { type Validation, validate } from '../../train/validate.ts';
import { WeightAverage } from '../../train/weight-average.ts';
import { findCheckpoint, writeCheckpoint } from '../checkpoints.ts';
import type { BadRow, FilePair, PairSet } from '../pairs.ts';
import { saveClip } from '../save.ts';
import { openSampleSource } from '../workers/sample-source.ts';
import { type BadRows, countBadRows } from './bad-rows.ts';
import { type FileBatch, fileBatches } from './batches.ts';
import { checkpointClock } from './checkpoint-clock.ts';
import { claimDirectory } from './claim.ts';
import { embedPairs, sameAnswers } from './embed-pairs.ts';
import { recallRun, stepEntry } from './history.ts';
import { identityOf, type RunIdentity, refuseOtherRun } from './identity.ts';
import { type EpochEntry, type LogEntry, openLog } from './log.ts';
import { describePlan, planMemory, sampleThreads, sizeRun, trainableBy } from './plan.ts';
import type { TrainingSettings } from './settings.ts';
import { writeTrainingReport } from './write-report.ts';

export type RunOptions = {
  /** Where model, log, report and checkpoints go. */
  out: string;
  settings: TrainingSettings;
  augmentation?: Augmentation;
  /** Turns pictures as their EXIF orientation says. */
  exifRotate?: boolean;
  /** Share of the rows that may be bad; 0.05 by default. */
  maxBad?: number;
  /** Threads that prepare samples; 0: none. */
  workers?: number | 'auto';
  /** Time between two checkpoints; 60 by default, or twenty times what one takes. */
  checkpointSeconds?: number;
  /** Stops after a step, with a checkpoint. */
  signal?: AbortSignal;
  /** Hears what a person should know: bad rows, warnings, what was chosen. */
  report?: (message: string) => void;
};

export type RunResult = {
  /** False where the signal stopped it. */
  isFinished: boolean;
  step: number;
  steps: number;
  /** The step after which this call went on; 0 where it began. */
  resumedFrom: number;
  skipped: number;
  bad: readonly BadRow[];
  /** The epoch whose weights were saved, with a validation. */
  best?: Best;
};

type Best = { epoch: number; validation: Validation };

/** What a checkpoint keeps beside the numbers. */
type Notes = {
  identity: RunIdentity;
  plan: TrainingPlan;
  logBytes: number;
  bad: BadRow[];
  badValidation: BadRow[];
  best?: Best;
};

/**
 * Trains on picture files, from where an earlier call with the same settings stopped, if one did. In `out` it keeps `log.jsonl`,
 * `report.html`, the newest checkpoint, and the model: with a validation that of the best epoch so far, else the last.
 * @yields each line of the log when it is written
 * @throws Error where `out` belongs to another run or holds another model, or more than `maxBad` of the rows are bad
 */
export async function* trainOnFiles(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  options: RunOptions,
): AsyncGenerator<LogEntry, RunResult, undefined> {
  await mkdir(options.out, { recursive: true });
  const release = await claimDirectory(options.out);
  try {
    return yield* run(clip, training, validation, options);
  } finally {
    await release();
  }
}

async function* run(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  options: RunOptions,
): AsyncGenerator<LogEntry, RunResult, undefined> {
  const { out, settings, augmentation = {}, exifRotate = false, maxBad = 0.05, workers = 'auto', signal } = options;
  const report = options.report ?? (() => {});
  const identity = await identityOf(clip, training, validation, { ...settings, augmentation, exifRotate });
  const found = await findCheckpoint<Notes>(join(out, 'checkpoints'));
  if (found) refuseOtherRun(out, found.notes.identity, identity);
  else await refuseOtherModel(out);
  const bad = badRowsOf(training, maxBad, found?.notes.bad, report);
  const badValidation = validation && badRowsOf(validation, maxBad, found?.notes.badValidation, report);

  const size = sizeRun(training.pairs.length, settings, report);
  const plan = found?.notes.plan ?? planMemory(clip, settings, size.batchSize);
  report(describePlan(plan, size.batchSize));
  const resumedFrom = found?.progress.step ?? 0;
  if (found)
    report(
      resumedFrom < size.steps ? `going on after step ${resumedFrom} of ${size.steps}` : 'this run was finished before',
    );

  const history = await recallRun(join(out, 'log.jsonl'), found?.notes.logBytes ?? 0, size);
  const log = await openLog(join(out, 'log.jsonl'), found?.notes.logBytes ?? 0);
  const average = settings.averageDecay === undefined ? undefined : new WeightAverage(settings.averageDecay);
  const source = openSampleSource(
    sampleThreads(workers, training.pairs.length),
    size.batchSize,
    { preprocess: clip.config.preprocess, augmentation, exifRotate },
    clip.tokenizer,
  );
  let current: FileBatch | undefined;
  async function* batches(): AsyncGenerator<FileBatch> {
    const order = { batchSize: size.batchSize, seed: settings.seed, firstStep: resumedFrom, endStep: size.steps };
    for await (const batch of fileBatches(training.pairs, source, order, onBad(bad))) {
      current = batch;
      yield batch;
    }
  }

  let best = found?.notes.best;
  const endEpoch = async (epoch: number): Promise<EpochEntry> => {
    const entry: EpochEntry = { epoch, meanLoss: history.meanLoss(), time: '' };
    if (validation && badValidation) {
      await average?.swap(clip);
      const rows = await embedPairs(clip, validation.pairs, source, plan.chunkSize, onBad(badValidation));
      const { logitScale } = clip;
      entry.validation = await validate({ ...rows, concepts: sameAnswers(rows.pairs) }, logitScale, size.batchSize);
      entry.best = !best || entry.validation.loss < best.validation.loss;
      if (entry.best) {
        best = { epoch, validation: entry.validation };
        await save(clip, out);
      }
      await average?.swap(clip);
    }
    return { ...entry, time: new Date().toISOString() };
  };
  const finish = async (isEnd: boolean) => {
    await average?.swap(clip);
    if (isEnd && !validation) await save(clip, out);
    await writeTrainingReport(clip, validation?.pairs ?? training.pairs, source, {
      out,
      isValidated: validation !== undefined,
      settings,
      size,
      bad: bad.rows,
      batchSize: plan.chunkSize,
    });
    await average?.swap(clip);
  };
  const clock = checkpointClock(options.checkpointSeconds ?? 60);
  const keep = async (state: TrainingState) => {
    const logBytes = await log.sync();
    const notes: Notes = {
      identity,
      plan,
      logBytes,
      bad: [...bad.rows],
      badValidation: [...(badValidation?.rows ?? [])],
      ...(best && { best }),
    };
    await clock.time(() => writeCheckpoint(join(out, 'checkpoints'), { state, notes }));
  };

  let [step, skipped] = [resumedFrom, found?.progress.skipped ?? 0];
  let began = performance.now();
  try {
    const { steps } = size;
    const { chunkSize, recompute } = plan;
    const resume = await found?.read();
    const trained = finetune(clip, batches(), {
      ...settings,
      steps,
      chunkSize,
      recompute,
      trainable: trainableBy(settings.freeze),
      ...(average && { average }),
      ...(resume && { resume }),
    });
    for await (const result of trained) {
      const entry = stepEntry(result, current as FileBatch, size, began);
      [step, skipped] = [result.step, result.skipped];
      await log.add(entry);
      for (const warning of history.add(entry)) report(warning);
      yield entry;
      const isEnd = step === steps;
      if (isEnd || step % size.stepsPerEpoch === 0) {
        const epoch = await endEpoch(entry.epoch);
        await log.add(epoch);
        yield epoch;
      }
      const isStopped = signal?.aborted ?? false;
      if (isEnd || isStopped) await finish(isEnd);
      if (isEnd || isStopped || clock.isDue()) await keep(await result.state());
      if (isStopped) break;
      began = performance.now();
    }
  } finally {
    average?.dispose();
    await source.close();
    await log.close();
  }
  const isFinished = step >= size.steps;
  return { isFinished, step, steps: size.steps, resumedFrom, skipped, bad: bad.rows, ...(best && { best }) };
}

function onBad(rows: BadRows): (pair: FilePair, reason: string) => void {
  return ({ line }, reason) => rows.add({ line, reason });
}

function badRowsOf(set: PairSet, share: number, known: BadRow[] = [], report: (message: string) => void): BadRows {
  const rows = countBadRows(set.source, set.pairs.length + set.bad.length, share, known, report);
  for (const row of set.bad) rows.add(row);
  return rows;
}

/** A model that no run of ours has put there would be overwritten. */
async function refuseOtherModel(out: string): Promise<void> {
  const names = await readdir(out);
  const model = names.find((name) => name.endsWith('.safetensors'));
  if (model && !names.includes('log.jsonl'))
    throw new Error(`Cannot train into ${out}: it holds ${model} of another model; choose an empty directory`);
}

/** In Hugging Face's layout; a ResNet, which that does not have, in open_clip's. */
async function save(clip: Clip, out: string): Promise<void> {
  await saveClip(clip, out, { layout: clip.config.vision?.kind === 'vit' ? 'huggingface' : 'open_clip' });
}
