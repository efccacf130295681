import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import { writeFileAtomically } from '../files.ts';
import { type PairList, pairList, takePairs } from '../pair-list.ts';
import type { BadRow } from '../pairs.ts';
import { chartHtml, htmlReport, type Section, tableHtml } from '../report.ts';
import { reportTime } from '../report-time.ts';
import type { SampleSource } from '../workers/sample-source.ts';
import { embedPairs } from './embed-pairs.ts';
import { guardChart, guardSection } from './guard-report.ts';
import { type EpochEntry, isStep, readLog, type StepEntry } from './log.ts';
import { usedSettings } from './mode-settings.ts';
import { logPath } from './open-logs.ts';
import type { RunSize } from './plan.ts';
import { cosineMatrix, retrievals } from './report-examples.ts';
import type { TrainingSettings } from './settings.ts';

export type ReportOptions = {
  out: string;
  /** Whether the pairs were set apart from training. */
  isValidated: boolean;
  settings: TrainingSettings;
  size: RunSize;
  bad: readonly BadRow[];
  /** Rows that go through the model at once. */
  batchSize: number;
  /** Whether pictures are turned as their EXIF orientation says. */
  exifRotate: boolean;
};

/** Pictures among which the examples are looked for. */
const mostPictures = 200;

/**
 * Writes `report.html`: curves from the log; cosines of a batch, and what some captions find, by the model as it is now.
 * @param pairs to show
 */
export async function writeTrainingReport(
  clip: Clip,
  pairs: PairList,
  source: SampleSource,
  options: ReportOptions,
): Promise<void> {
  const { out, isValidated, settings, size, bad, batchSize, exifRotate } = options;
  const steps: StepEntry[] = [];
  const epochs: EpochEntry[] = [];
  for await (const entry of readLog(logPath(out))) {
    if (isStep(entry)) steps.push(entry);
    else epochs.push(entry);
  }
  const shown = pairList(await takePairs(pairs, mostPictures));
  const rows = await embedPairs(clip, shown, source, batchSize, () => {});
  const from = isValidated ? 'the validation pairs' : 'the training pairs, for there is no validation';
  const sections: Section[] = [
    { heading: 'Curves', html: curves(steps, epochs, size) },
    ...(isValidated ? [{ heading: 'Validation', html: validationTable(epochs) }] : []),
    ...guardSection(epochs),
    { heading: `Cosines of captions with pictures, from ${from}`, html: await cosineMatrix(rows, exifRotate) },
    { heading: `What captions find, from ${from}`, html: await retrievals(rows, exifRotate) },
    { heading: 'Settings', html: tableHtml([['setting', 'value'], ...settingRows(settings, size)]) },
    ...(bad.length > 0 ? [{ heading: 'Rows that could not be used', html: badTable(bad) }] : []),
  ];
  const last = steps.at(-1)?.step ?? 0;
  const weights = settings.averageDecay === undefined ? 'the weights' : 'the average of the weights';
  const lead = `${last} of ${size.steps} steps of ${size.batchSize} pairs; ${reportTime()}. The examples are by ${weights} after step ${last}.`;
  await writeFileAtomically(join(out, 'report.html'), await htmlReport('Training report', lead, sections));
}

function curves(steps: readonly StepEntry[], epochs: readonly EpochEntry[], { stepsPerEpoch }: RunSize): string {
  const x = steps.map(({ step }) => step);
  const guessing = steps.map(({ pairs }) => Math.log(pairs));
  const line = (label: string, value: (entry: StepEntry) => number | null) => ({ label, values: steps.map(value) });
  const losses = { title: 'Loss', lines: [line('loss', ({ loss }) => loss), { label: 'guessing', values: guessing }] };
  const others = [
    { title: 'Multiplier of cosines (1 / temperature)', lines: [line('logitScale', ({ logitScale }) => logitScale)] },
    { title: 'Learning rate', lines: [line('learningRate', ({ learningRate }) => learningRate)] },
    { title: 'Gradient norm before clipping', lines: [line('gradientNorm', ({ gradientNorm }) => gradientNorm)] },
  ];
  const charts = [losses, ...others].map((chart) => chartHtml({ axis: 'step', x, ...chart }));
  const validated = epochs.filter(({ validation }) => validation);
  if (validated.length > 0) {
    const ends = validated.map(({ epoch }) => Math.min(epoch * stepsPerEpoch, x.at(-1) ?? 0));
    const recall = (side: 'imageToText' | 'textToImage', k: 1 | 5 | 10) => ({
      label: `${side === 'imageToText' ? 'picture to text' : 'text to picture'}, recall@${k}`,
      values: validated.map(({ validation }) => validation?.[side][`recall@${k}`] ?? null),
    });
    const loss = { label: 'validation loss', values: validated.map(({ validation }) => validation?.loss ?? null) };
    charts.push(chartHtml({ title: 'Validation loss', axis: 'step', x: ends, lines: [loss] }));
    const both = (['imageToText', 'textToImage'] as const).flatMap((side) => [recall(side, 1), recall(side, 5)]);
    charts.push(chartHtml({ title: 'Validation recall', axis: 'step', x: ends, lines: both }));
  }
  charts.push(...guardChart(epochs, stepsPerEpoch, x.at(-1) ?? 0));
  return `<div class="charts">${charts.join('')}</div>`;
}

function validationTable(epochs: readonly EpochEntry[]): string {
  const ks = [1, 5, 10] as const;
  const head = [
    'epoch',
    'training loss',
    'validation loss',
    ...ks.map((k) => `picture → text @${k}`),
    ...ks.map((k) => `text → picture @${k}`),
    'best so far',
  ];
  const rows = epochs.flatMap(({ epoch, meanLoss, validation, best }) => {
    if (!validation) return [];
    const recalls = [validation.imageToText, validation.textToImage].flatMap((side) =>
      ks.map((k) => side[`recall@${k}`].toFixed(3)),
    );
    return [[String(epoch), meanLoss?.toFixed(4) ?? '–', validation.loss.toFixed(4), ...recalls, best ? 'yes' : '']];
  });
  return tableHtml([head, ...rows]);
}

function settingRows(settings: TrainingSettings, { batchSize, steps, warmup }: RunSize): string[][] {
  const { lora, ...rest } = usedSettings(settings);
  const loraRows = lora ? Object.entries(lora).map(([name, value]) => [`lora.${name}`, value] as const) : [];
  const all = [...Object.entries({ ...rest, batchSize, steps, warmup }), ...loraRows];
  return all.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]);
}

function badTable(bad: readonly BadRow[]): string {
  return tableHtml([
    ['line', 'reason'],
    ...bad.slice(0, 100).map(({ line, place, reason }) => [place ?? String(line), reason]),
  ]);
}
