import * as tf from '@tensorflow/tfjs';
import type { Interval } from '../evaluate/intervals.ts';
import { closingSections, intervalText } from '../node/evaluation-sections.ts';
import { writeFileAtomically } from '../node/files.ts';
import type { BadPlace } from '../node/labelled-pictures.ts';
import { htmlReport, type Section } from '../node/report.ts';
import { percent } from '../node/report-figures.ts';
import type { ModelOptions } from './options.ts';
import { table } from './output.ts';
import type { ClassOptions, TemplateOptions } from './prompt-options.ts';
import { UsageError } from './usage.ts';
import { version } from './version.ts';

export type EvaluateCommand = ModelOptions &
  ClassOptions &
  TemplateOptions & {
    task: 'classification' | 'retrieval';
    imageColumn?: string;
    labelColumn?: string;
    textColumn?: string;
    conceptColumn?: string;
    report?: string;
    workers: number | 'auto';
    exifRotate?: boolean;
  };

/** Options that one task has and the other does not. */
const unused = {
  classification: { textColumn: '--text-column', conceptColumn: '--concept-column' },
  retrieval: {
    labelColumn: '--label-column',
    labels: '--labels',
    labelsFile: '--labels-file',
    classesFile: '--classes-file',
  },
} as const;

/** @throws UsageError on an option that the task has no use for */
export function refuseUnused(options: EvaluateCommand): void {
  for (const [name, flag] of Object.entries(unused[options.task]))
    if (options[name as keyof EvaluateCommand] !== undefined)
      throw new UsageError(`Cannot evaluate: ${flag} is of no use with --task ${options.task}; leave it out`);
}

/** What is wrong with the data is found before a model is loaded. @throws UsageError */
export async function readData<T>(read: Promise<T>): Promise<T> {
  return read.catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
}

/** Says of what cannot be used where it stands and why, the first few of many. */
export function tellBad(bad: readonly BadPlace[]): void {
  for (const { place, reason } of bad.slice(0, 20)) console.error(`left out ${place}: ${reason}`);
  if (bad.length > 20) console.error(`left out ${bad.length - 20} more`);
}

/** One of the figures that are printed. */
export type Measured = readonly [name: string, value: number | null, interval?: Interval | null];

export function figureTable(figures: readonly Measured[]): string {
  return table(
    figures.map(([name, value, interval]) => [
      `  ${name}`,
      value === null ? '–' : percent(value, 1).padStart(7),
      interval ? `95 %: ${intervalText(interval)}` : '',
    ]),
  );
}

/** What an evaluation was run with. */
export type RunFacts = {
  /** SHA-256 of model and data. */
  modelHash: string;
  dataHash: string;
  backend: string;
  /** ISO 8601. */
  date: string;
  version: string;
};

export function runFacts(hashes: Pick<RunFacts, 'modelHash' | 'dataHash'>): RunFacts {
  return { ...hashes, backend: tf.getBackend(), date: new Date().toISOString(), version };
}

export type ReportParts = {
  title: string;
  sections: readonly Section[];
  facts: RunFacts;
  /** Facts of this task. */
  more: readonly (readonly [name: string, value: string])[];
  bad: readonly BadPlace[];
};

export async function writeEvaluationReport(
  path: string,
  data: string,
  model: string,
  { title, sections, facts, more, bad }: ReportParts,
): Promise<void> {
  const { modelHash, dataHash, backend, date, version: release } = facts;
  const run = [
    ['model', model],
    ['SHA-256 of the model', modelHash],
    ['data', data],
    ['SHA-256 of the data', dataHash],
    ...more,
    ['backend', backend],
    ['date', date],
    ['clip-tfjs', release],
  ] as const;
  const lead = `${model} on ${data}, ${date.replace(/T(.{5}).*/, ' $1')} UTC`;
  await writeFileAtomically(path, await htmlReport(title, lead, [...sections, ...closingSections(run, bad)]));
  console.error(`wrote ${path}`);
}
