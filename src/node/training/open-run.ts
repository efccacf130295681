import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import type { TrainingPlan } from '../../train/memory.ts';
import type { Progress, TrainingState } from '../../train/training-state.ts';
import { WeightAverage } from '../../train/weight-average.ts';
import { findCheckpoint } from '../checkpoints.ts';
import { joinPairs, pairList } from '../pair-list.ts';
import type { BadRow, PairSet } from '../pairs.ts';
import { openSampleSource, type SampleSource } from '../workers/sample-source.ts';
import { assertDirectoryWritable } from '../writable.ts';
import { type Adaptation, describeTrained, openAdaptation, trainableIn } from './adaptation.ts';
import { type BadRows, countBadRows } from './bad-rows.ts';
import { pairsPerEpoch } from './epoch-order.ts';
import { featureSource } from './features/feature-source.ts';
import { cachedTowers, featureFolder, knowFeatures } from './features/know-features.ts';
import { lockedTowers } from './features/locked-towers.ts';
import { type GuardNotes, guardIdentity, openGuard, type RunGuard } from './guard.ts';
import { warnOfTrained } from './guard-warnings.ts';
import { type RunHistory, recallRun } from './history.ts';
import { identityOf, type RunIdentity, refuseOtherRun } from './identity.ts';
import { openLog, type TrainingLog } from './log.ts';
import { assertMode, usedSettings } from './mode-settings.ts';
import { removeTemporaries } from './model-directory.ts';
import { assertFreezes, describePlan, planMemory, type RunSize, sampleThreads, sizeRun } from './plan.ts';
import { describeRun, readRunFile, removeRunFile, runRows, writeRunFile } from './run-file.ts';
import type { BestEpoch, RunOptions } from './run-options.ts';
import { type TensorboardLog, tensorboardDirectory, withTensorboard } from './tensorboard-log.ts';

/** What a checkpoint keeps beside the numbers. */
export type RunNotes = {
  identity: RunIdentity;
  plan: TrainingPlan;
  logBytes: number;
  bad: BadRow[];
  badValidation: BadRow[];
  best?: BestEpoch;
  guard?: GuardNotes;
  /** The directory whose event files have every line of the log. */
  tensorboard?: string;
};

/** Everything that takes part in a run, ready to begin or to go on. */
export type OpenRun = {
  clip: Clip;
  training: PairSet;
  validation: PairSet | undefined;
  options: Required<Omit<RunOptions, 'signal' | 'model' | 'guard'>>;
  identity: RunIdentity;
  size: RunSize;
  plan: TrainingPlan;
  bad: BadRows;
  badValidation: BadRows;
  history: RunHistory;
  log: TrainingLog;
  tensorboard: TensorboardLog | undefined;
  average: WeightAverage | undefined;
  adaptation: Adaptation;
  source: SampleSource;
  guard: RunGuard | undefined;
  /** Changes as the run goes on. */
  best: BestEpoch | undefined;
  /** Where an earlier call stopped. */
  progress: Pick<Progress, 'step' | 'skipped'>;
  readState: () => Promise<TrainingState | undefined>;
  close: () => Promise<void>;
};

/** @throws Error as `trainOnFiles` does */
export async function openRun(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  given: RunOptions,
): Promise<OpenRun> {
  const options = { ...defaultOptions, ...given };
  const { out, settings, augmentation, exifRotate, report } = options;
  assertFreezes(settings.freeze, clip.config);
  assertMode(settings);
  const directory = tensorboardDirectory(out, options.tensorboard);
  if (directory !== undefined) await assertDirectoryWritable(directory);
  if (validation && validation.pairs.length < 2)
    throw new Error(
      `Cannot validate: expected two pairs or more, for each is compared with the others, but got ${validation.pairs.length}; set more apart by --val-share, or name more by --val`,
    );
  const locked = lockedTowers(clip.config, trainableIn(clip.config, settings));
  const cached = cachedTowers(locked, options);
  const choices = {
    ...usedSettings(settings),
    augmentation,
    exifRotate,
    ...((cached.image || cached.text) && { cached }),
    ...(given.guard && guardIdentity(given.guard)),
  };
  const identity = await identityOf(clip, training, validation, choices);
  const found = await findCheckpoint<RunNotes>(join(out, 'checkpoints'));
  const notes = found?.notes;
  if (notes) refuseOtherRun(out, notes.identity, identity);
  const bad = badRowsOf(training, options, notes?.bad);
  const badValidation = badRowsOf(validation ?? noPairs, options, notes?.badValidation);

  const size = sizeRun(pairsPerEpoch(training.pairs), settings, report);
  const plan = notes?.plan ?? planMemory(clip, settings, size.batchSize); // from then on, or the numbers would change
  report(describeTrained(clip.config, settings));
  report(describePlan(plan, size.batchSize));
  const { step = 0, skipped = 0 } = found?.progress ?? {};
  if (found && given.guard?.stop && notes?.guard?.fallenAt !== undefined)
    report(`the guard has ended this run after step ${step}; another --out begins anew`);
  else if (found)
    report(step < size.steps ? `going on after step ${step} of ${size.steps}` : 'this run was finished before');

  const { tokenizer } = clip;
  const logPath = join(out, 'log.jsonl');
  const history = await recallRun(logPath, notes?.logBytes ?? 0, size);
  const average = settings.averageDecay === undefined ? undefined : new WeightAverage(settings.averageDecay);
  const adaptation = await openAdaptation(clip, settings);
  await removeTemporaries(out);
  const lines = await openLog(logPath, notes?.logBytes ?? 0);
  const parts = { clip, training, validation, model: given.model, settings, augmentation, exifRotate, size, identity };
  const facts = (step > 0 && (await readRunFile(out))) || describeRun(parts);
  await writeRunFile(out, facts);
  const tensorboard =
    directory === undefined
      ? undefined
      : await withTensorboard(lines, {
          ...{ directory, kept: notes?.tensorboard, path: logPath, bytes: notes?.logBytes ?? 0, step, report },
          settings: runRows(facts),
        });
  const log = tensorboard ?? lines;
  const preparing = openSampleSource(
    sampleThreads(options.workers, training.pairs.length),
    size.batchSize,
    { preprocess: clip.config.preprocess, augmentation, exifRotate },
    tokenizer,
  );
  const close = async () => {
    adaptation.dispose();
    average?.dispose();
    await preparing.close();
    await log.close();
    if (!existsSync(logPath)) await removeRunFile(out); // it has not begun
  };
  const guarded = given.guard && pairList(given.guard.data.pairs);
  const lists = [training.pairs, validation?.pairs, guarded].filter((list) => list !== undefined);
  const pairs = () => joinPairs(lists.map((list) => ({ list, weight: 1 })));
  const known = await knowFeatures(clip, locked, pairs, preparing, {
    ...{ ...options, batchSize: plan.chunkSize, signal: given.signal },
  }).catch(async (error) => {
    await close();
    throw error;
  });
  const source = featureSource(preparing, known, tokenizer);
  if (given.guard && !found) await warnOfTrained(given.guard.data, training.pairs, report);
  const guard = given.guard && openGuard(clip, given.guard, source, plan.chunkSize, options, notes?.guard);
  return {
    ...{ clip, training, validation, options, identity, size, plan, bad, badValidation, history, log, average },
    ...{ adaptation, source, guard, tensorboard },
    best: notes?.best,
    progress: { step, skipped },
    readState: async () => found?.read(),
    close,
  };
}

const defaultOptions = {
  augmentation: {},
  exifRotate: false,
  tensorboard: false,
  maxBad: 0.05,
  workers: 'auto',
  cacheFeatures: featureFolder(),
  checkpointSeconds: 60,
  report: () => {},
} as const satisfies Partial<RunOptions>;

const noPairs: PairSet = { source: '', pairs: pairList([]), bad: [] };

function badRowsOf(set: PairSet, { maxBad, report }: OpenRun['options'], known: BadRow[] = []): BadRows {
  const rows = countBadRows(set.source, set.pairs.length + set.bad.length, maxBad, known, report);
  rows.addAll(set.bad);
  return rows;
}
