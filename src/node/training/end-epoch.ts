import type { Clip } from '../../clip.ts';
import { validate } from '../../train/validate.ts';
import type { WeightAverage } from '../../train/weight-average.ts';
import type { PairList } from '../pair-list.ts';
import type { FilePair } from '../pairs.ts';
import type { BadRows } from './bad-rows.ts';
import { embedPairs, sameAnswers } from './embed-pairs.ts';
import type { EpochEntry } from './log.ts';
import { saveModel } from './model-directory.ts';
import type { OpenRun } from './open-run.ts';
import { writeTrainingReport } from './write-report.ts';

/** Validates, and saves the weights where they are the best so far. @returns the epoch's line of the log */
export async function endEpoch(run: OpenRun, epoch: number): Promise<EpochEntry> {
  const { clip, validation, guard, average, adaptation, options, history } = run;
  const entry: EpochEntry = { epoch, meanLoss: history.meanLoss(), time: '' };
  if (validation || guard)
    await withAverage(clip, average, async () => {
      if (validation) entry.validation = await validateOn(run, validation.pairs);
      if (guard) entry.guard = await guard.measure(epoch);
      if (validation || guard?.isStopping) entry.best = isBest(run, entry);
      if (!entry.best) return;
      const measured = {
        ...(entry.validation && { validation: entry.validation }),
        ...(guard && { guard: entry.guard }),
      };
      run.best = { epoch, ...measured };
      await saveModel(clip, options.out);
      await adaptation.save(options.out);
    });
  return { ...entry, time: new Date().toISOString() };
}

/** By the loss, where there is one; where the guard may end the run, within what it allows. */
function isBest({ best, guard }: OpenRun, { validation }: EpochEntry): boolean {
  if (guard?.isOver) return false;
  return !best?.validation || !validation || validation.loss < best.validation.loss;
}

async function validateOn({ clip, source, plan, size, badValidation }: OpenRun, pairs: PairList) {
  const rows = await embedPairs(clip, pairs, source, plan.chunkSize, onBad(badValidation));
  return validate({ ...rows, concepts: sameAnswers(rows.pairs) }, clip.logitScale, size.batchSize);
}

/** Writes the report, and at the end of a run without a validation the model. */
export async function concludeRun(run: OpenRun, isEnd: boolean): Promise<void> {
  const { clip, training, validation, average, adaptation, options, source, size, plan, bad } = run;
  const { out, settings, exifRotate } = options;
  const isValidated = validation !== undefined;
  await withAverage(clip, average, async () => {
    if (isEnd && run.best === undefined) {
      await saveModel(clip, out);
      await adaptation.save(out);
    }
    const report = { out, isValidated, settings, size, bad: bad.rows, batchSize: plan.chunkSize, exifRotate };
    await writeTrainingReport(clip, (validation ?? training).pairs, source, report);
  });
}

/** Runs it with the averaged weights in the model, where there are some. */
async function withAverage(clip: Clip, average: WeightAverage | undefined, run: () => Promise<void>): Promise<void> {
  await average?.swap(clip);
  try {
    await run();
  } finally {
    await average?.swap(clip);
  }
}

export function onBad(rows: BadRows): (pair: FilePair, reason: string) => void {
  return ({ line, place }, reason) => rows.add({ line, ...(place !== undefined && { place }), reason });
}
