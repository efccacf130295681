import * as tf from '@tensorflow/tfjs';
import { closingSections } from '../node/evaluation-sections.ts';
import { writeFileAtomically } from '../node/files.ts';
import type { BadPlace } from '../node/labelled-pictures.ts';
import { htmlReport, type Section } from '../node/report.ts';
import { reportTime } from '../node/report-time.ts';
import { version } from './version.ts';

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
  const lead = `${model} on ${data}, ${reportTime(date)}`;
  await writeFileAtomically(path, await htmlReport(title, lead, [...sections, ...closingSections(run, bad)]));
  console.error(`wrote ${path}`);
}
