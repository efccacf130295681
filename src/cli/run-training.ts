import { join } from 'node:path';
import type { Clip } from '../clip.ts';
import type { Augmentation } from '../image/augment.ts';
import type { PairSet } from '../node/pairs.ts';
import { pairsPerEpoch } from '../node/training/epoch-order.ts';
import type { GuardChoice } from '../node/training/guard.ts';
import { scoreText } from '../node/training/guard-warnings.ts';
import { isStep, type LogEntry, readLog } from '../node/training/log.ts';
import { logPath } from '../node/training/open-logs.ts';
import { sizeRun } from '../node/training/plan.ts';
import { announceLongCaptions } from '../node/training/read-data.ts';
import { trainOnFiles } from '../node/training/run.ts';
import type { RunResult } from '../node/training/run-options.ts';
import type { TrainingSettings } from '../node/training/settings.ts';
import { tensorboardDirectory } from '../node/training/tensorboard-log.ts';
import { printJson } from './output.ts';
import { displayKind, openDisplay } from './training-display.ts';
import type { TrainingCommand } from './training-options.ts';

/** What a run is given once model and data are there. */
export type Run = {
  clip: Clip;
  /** What it is called. */
  model: string;
  training: PairSet;
  validation: PairSet | undefined;
  settings: TrainingSettings;
  augmentation: Augmentation;
  guard?: GuardChoice;
};

/** Runs a training, shows how it goes, and says at the end what there is. Ctrl-C stops it after a step. */
export async function runTraining(run: Run, options: TrainingCommand): Promise<void> {
  const { clip, model, training, validation, settings, augmentation, guard } = run;
  const { out, maxBad, workers, cacheFeatures, checkpointSeconds } = options;
  const { exifRotate = false, tensorboard = false, json = false } = options;
  await announceLongCaptions(training, clip.tokenizer);
  const { steps } = sizeRun(pairsPerEpoch(training.pairs), settings, () => {});
  const kind = displayKind(process.stderr.isTTY === true && !json, process.env, process.platform);
  const earlier: LogEntry[] = [];
  if (kind === 'curves') for await (const entry of readLog(logPath(out))) earlier.push(entry);
  const display = openDisplay(steps, kind, earlier);
  const stop = new AbortController();
  const onInterrupt = () => {
    stop.abort();
    display.say('stopping after this step; Ctrl-C once more ends at once');
  };
  process.once('SIGINT', onInterrupt);
  const { signal } = stop;
  const report = display.say;
  const folder = cacheFeatures === true ? undefined : cacheFeatures;
  const choices = {
    ...{ out, model, settings, augmentation, exifRotate, tensorboard },
    ...{ maxBad, workers, checkpointSeconds, signal, report },
    ...(folder !== undefined && { cacheFeatures: folder }),
    ...(guard && { guard }),
  };
  const progress = trainOnFiles(clip, training, validation, choices);
  try {
    let next = await progress.next();
    for (; !next.done; next = await progress.next()) {
      if (isStep(next.value)) display.step(next.value);
      else display.epoch(next.value);
    }
    display.close();
    tellResult(next.value, options);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    console.error('stopped before the first step; run the same command again to go on');
    process.exitCode = 130;
  } finally {
    display.close();
    process.off('SIGINT', onInterrupt);
    clip.dispose();
  }
}

function tellResult(result: RunResult, { out, tensorboard = false, json }: TrainingCommand): void {
  const events = tensorboardDirectory(out, tensorboard);
  const files = {
    ...{ log: logPath(out), report: join(out, 'report.html') },
    ...(events !== undefined && { tensorboard: events }),
  };
  if (json) printJson({ out, ...files, ...result });
  if (!result.isFinished) {
    console.error(`stopped after step ${result.step} of ${result.steps}; run the same command again to go on`);
    process.exitCode = 130;
    return;
  }
  if (result.bad.length > 0) console.error(`${result.bad.length} rows could not be used: see the report`);
  tellGuard(result);
  console.error(`saved ${describeSaved(result)} to ${out}; curves and examples are in ${files.report}`);
}

function describeSaved({ best, guard }: RunResult): string {
  if (best === undefined) return 'the model';
  const { epoch, validation } = best;
  if (!validation)
    return `the weights of epoch ${epoch}, the last ${guard?.isOver ? 'within the allowed drop' : 'one'},`;
  if (epoch === 0) return 'the model as it was, for no epoch was better on validation,';
  return `the weights of epoch ${epoch}, the best on validation,`;
}

function tellGuard({ guard, best, step, steps }: RunResult): void {
  if (!guard) return;
  const { before, last, isOver } = guard;
  if (isOver && step < steps) console.error(`the guard has ended the run after step ${step} of ${steps}`);
  const saved = best?.guard ? `, ${scoreText(best.guard)} of the weights that are saved` : '';
  console.error(`guard: ${scoreText(before)} before training, ${scoreText(last)} at the end${saved}`);
}
