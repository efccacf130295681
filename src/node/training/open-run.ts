import type { Clip } from '../../clip.ts';
import { lockedTowers } from '../../train/locked-towers.ts';
import type { TrainingPlan } from '../../train/memory.ts';
import type { Progress, TrainingState } from '../../train/training-state.ts';
import { WeightAverage } from '../../train/weight-average.ts';
import { pairList } from '../pair-list.ts';
import type { BadRow, PairSet } from '../pairs.ts';
import type { SampleSource } from '../workers/sample-source.ts';
import { assertDirectoryWritable } from '../writable.ts';
import { type Adaptation, describeTrained, openAdaptation, trainableIn } from './adaptation.ts';
import { type BadRows, countBadRows } from './bad-rows.ts';
import { type ChosenOptions, chooseOptions } from './chosen-options.ts';
import { pairsPerEpoch } from './epoch-order.ts';
import { openGuard, type RunGuard } from './guard.ts';
import { warnOfTrained } from './guard-warnings.ts';
import { type RunHistory, recallRun } from './history.ts';
import { choicesOf, identityOf, type RunIdentity, refuseOtherRun } from './identity.ts';
import type { TrainingLog } from './log.ts';
import { assertMode } from './mode-settings.ts';
import { removeTemporaries } from './model-directory.ts';
import { logPath, openLogs } from './open-logs.ts';
import { openSource } from './open-source.ts';
import { assertFreezes, describePlan, planMemory, type RunSize, sizeRun } from './plan.ts';
import { type EarlierRun, findEarlierRun } from './run-notes.ts';
import type { BestEpoch, RunOptions } from './run-options.ts';
import { type TensorboardLog, tensorboardDirectory } from './tensorboard-log.ts';

/** Everything that takes part in a run, ready to begin or to go on. */
export type OpenRun = {
  clip: Clip;
  training: PairSet;
  validation: PairSet | undefined;
  options: ChosenOptions;
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

/** What is closed at the end, the last first. */
type Closers = (() => void | Promise<void>)[];

/** @throws Error as `trainOnFiles` does; then nothing stays open */
export async function openRun(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  given: RunOptions,
): Promise<OpenRun> {
  const closers: Closers = [];
  const close = async () => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    return { ...(await openParts(clip, training, validation, given, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openParts(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  given: RunOptions,
  closers: Closers,
): Promise<Omit<OpenRun, 'close'>> {
  const options = chooseOptions(given);
  const { out, settings, report } = options;
  await assertOptions(clip, validation, options);
  const locked = lockedTowers(clip.config, trainableIn(clip.config, settings));
  const identity = await identityOf(clip, training, validation, choicesOf(options, given.guard, locked));
  const earlier = await findEarlierRun(out);
  const { notes, progress: { step, skipped } = { step: 0, skipped: 0 } } = earlier ?? {};
  if (notes) refuseOtherRun(out, notes.identity, identity);
  const bad = badRowsOf(training, options, notes?.bad);
  const badValidation = badRowsOf(validation ?? noPairs, options, notes?.badValidation);

  const size = sizeRun(pairsPerEpoch(training.pairs), settings, report);
  const plan = notes?.plan ?? planMemory(clip, settings, size.batchSize); // from then on, or the numbers would change
  report(describeTrained(clip.config, settings));
  report(describePlan(plan, size.batchSize));
  if (earlier) report(describeEarlier(earlier, size, given.guard?.stop ?? false));

  const history = await recallRun(logPath(out), notes?.logBytes ?? 0, size);
  const average = settings.averageDecay === undefined ? undefined : new WeightAverage(settings.averageDecay);
  closers.push(() => average?.dispose());
  const adaptation = await openAdaptation(clip, settings);
  closers.push(adaptation.dispose);
  await removeTemporaries(out);
  const parts = { ...options, clip, training, validation, guard: given.guard, model: given.model, size, identity };
  const { log, tensorboard } = await openLogs(options, parts, earlier);
  closers.push(log.close);
  const others = [validation?.pairs, given.guard && pairList(given.guard.data.pairs)];
  const work = { ...options, stepSize: size.batchSize, batchSize: plan.chunkSize, signal: given.signal };
  const source = await openSource(clip, locked, training.pairs, others, work);
  closers.push(source.close);
  if (given.guard && !earlier) await warnOfTrained(given.guard.data, training.pairs, report);
  const guard = given.guard && openGuard(clip, given.guard, source, plan.chunkSize, options, notes?.guard);
  return {
    ...{ clip, training, validation, options, identity, size, plan, bad, badValidation, history, log, average },
    ...{ adaptation, source, guard, tensorboard },
    best: notes?.best,
    progress: { step, skipped },
    readState: async () => earlier?.read(),
  };
}

/** @throws Error on options that do not fit the model or the data, or a directory that cannot be written to */
async function assertOptions(
  clip: Clip,
  validation: PairSet | undefined,
  { out, settings, tensorboard }: ChosenOptions,
): Promise<void> {
  assertFreezes(settings.freeze, clip.config);
  assertMode(settings);
  const directory = tensorboardDirectory(out, tensorboard);
  if (directory !== undefined) await assertDirectoryWritable(directory);
  if (validation && validation.pairs.length < 2)
    throw new Error(
      `Cannot validate: expected two pairs or more, for each is compared with the others, but got ${validation.pairs.length}; set more apart by --val-share, or name more by --val`,
    );
}

function describeEarlier({ notes, progress: { step } }: EarlierRun, { steps }: RunSize, isStopping: boolean): string {
  if (isStopping && notes.guard?.fallenAt !== undefined)
    return `the guard has ended this run after step ${step}; another --out begins anew`;
  return step < steps ? `going on after step ${step} of ${steps}` : 'this run was finished before';
}

const noPairs: PairSet = { source: '', pairs: pairList([]), bad: [] };

function badRowsOf(set: PairSet, { maxBad, report }: ChosenOptions, known: BadRow[] = []): BadRows {
  const rows = countBadRows(set.source, set.pairs.length + set.bad.length, maxBad, known, report);
  rows.addAll(set.bad);
  return rows;
}
