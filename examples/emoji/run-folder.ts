import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSource, writeFileAtomically } from '../../src/node/files.ts';
import type { FinetuneStep, TrainingState } from '../../src/train.ts';
import { encodeSafetensors, openSafetensors, type TensorData } from '../../src/weights/safetensors.ts';
import { runsFolder } from './folders.ts';
import type { Result } from './measures.ts';
import type { Recipe } from './recipe.ts';
import { type Summary, summaryOf, type Teaching } from './summary.ts';

/** What a run was started with; it goes on with the same. */
export type Settings = { recipe: Recipe; every: number; backend: string; machine: string; began: string };

/** A line of the log. `seconds` are those of training alone, over all starts of the run. */
export type LogLine = Omit<FinetuneStep, 'state'> & { seconds: number };

/** A line of the evaluations on the way. */
export type EvaluationLine = { step: number; seconds: number; results: Result[] };

/** A training's folder: how it was started, where it is, what it has done so far. */
export type RunFolder = ReturnType<typeof runFolder>;

export function runFolder(name: string) {
  const folder = join(runsFolder, name);
  const path = (file: string) => join(folder, file);
  const [log, evaluations, summary] = [path('log.jsonl'), path('evaluations.jsonl'), path('training.json')];
  const writeSummary = (content: Summary) => writeFileAtomically(summary, `${JSON.stringify(content, null, 2)}\n`);
  const readSummary = async () => JSON.parse(await readFile(summary, 'utf8')) as Summary;

  return {
    folder,
    /** After the first stage, and after the second. */
    model: path('model'),
    taught: path('taught'),

    /** @returns undefined where the run has not begun */
    async settings(): Promise<Settings | undefined> {
      return existsSync(path('run.json')) ? JSON.parse(await readFile(path('run.json'), 'utf8')) : undefined;
    },

    async begin(settings: Settings): Promise<void> {
      await mkdir(folder, { recursive: true });
      await writeFileAtomically(path('run.json'), `${JSON.stringify(settings, null, 2)}\n`);
    },

    /** Sums up the first stage, as soon as it is done. */
    async keepSummary(): Promise<void> {
      const settings = JSON.parse(await readFile(path('run.json'), 'utf8')) as Settings;
      await writeSummary(summaryOf(settings, await readLines<LogLine>(log)));
    },

    /** Adds the second stage, and what was chosen for it, to the summary of the first. */
    async keepTeaching(teaching: Teaching, words: Recipe['words']): Promise<void> {
      const first = await readSummary();
      await writeSummary({ ...first, recipe: { ...first.recipe, words }, teaching });
    },

    /** @throws Error where the first stage is not done */
    readSummary,

    async remove(): Promise<void> {
      await rm(folder, { recursive: true, force: true });
    },

    /** Where the run is: whole, or as it was before. */
    async save({ progress, tensors }: TrainingState, seconds: number): Promise<void> {
      const data = [...tensors].map(([name, values]): [string, TensorData] => [
        name,
        { dtype: 'F32', shape: [values.length], data: values },
      ]);
      const metadata = new Map([['progress', JSON.stringify({ progress, seconds })]]);
      await writeFileAtomically(path('checkpoint.safetensors'), encodeSafetensors(new Map(data), metadata));
    },

    /** @returns undefined where nothing was saved yet; takes back what was logged after the last save */
    async restore(): Promise<{ state: TrainingState; seconds: number } | undefined> {
      const last = existsSync(path('checkpoint.safetensors'))
        ? await readState(path('checkpoint.safetensors'))
        : undefined;
      const step = last?.state.progress.step ?? 0;
      for (const file of [log, evaluations]) {
        const kept = (await readLines<{ step: number }>(file)).filter((line) => line.step <= step);
        await writeFileAtomically(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
      }
      return last;
    },

    logStep: (line: LogLine) => appendFile(log, `${JSON.stringify(line)}\n`),
    logEvaluation: (line: EvaluationLine) => appendFile(evaluations, `${JSON.stringify(line)}\n`),
    readLog: () => readLines<LogLine>(log),
    readEvaluations: () => readLines<EvaluationLine>(evaluations),
  };
}

async function readState(path: string): Promise<{ state: TrainingState; seconds: number }> {
  const file = await openSafetensors(await fileSource(path));
  try {
    const { progress, seconds } = JSON.parse(file.metadata.get('progress') as string);
    const tensors = new Map<string, Float32Array>();
    for (const name of file.tensors.keys()) tensors.set(name, await file.readFloat32(name));
    return { state: { progress, tensors }, seconds };
  } finally {
    await file.close();
  }
}

/** A line that a killed run left half written is no line. */
async function readLines<T>(path: string): Promise<T[]> {
  if (!existsSync(path)) return [];
  const whole = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as T);
}
