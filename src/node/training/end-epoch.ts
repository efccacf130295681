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
  const { clip, validation, average, options, history } = run;
  const entry: EpochEntry = { epoch, meanLoss: history.meanLoss(), time: '' };
  if (validation)
    await withAverage(clip, average, async () => {
      entry.validation = await validateOn(run, validation.pairs);
      entry.best = !run.best || entry.validation.loss < run.best.validation.loss;
      if (!entry.best) return;
      run.best = { epoch, validation: entry.validation };
      await saveModel(clip, options.out);
    });
  return { ...entry, time: new Date().toISOString() };
}

async function validateOn({ clip, source, plan, size, badValidation }: OpenRun, pairs: PairList) {
  const rows = await embedPairs(clip, pairs, source, plan.chunkSize, onBad(badValidation));
  return validate({ ...rows, concepts: sameAnswers(rows.pairs) }, clip.logitScale, size.batchSize);
}

/** Writes the report, and at the end of a run without a validation the model. */
export async function concludeRun(run: OpenRun, isEnd: boolean): Promise<void> {
  const { clip, training, validation, average, options, source, size, plan, bad } = run;
  const { out, settings, exifRotate } = options;
  const isValidated = validation !== undefined;
  await withAverage(clip, average, async () => {
    if (isEnd && !isValidated) await saveModel(clip, out);
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
