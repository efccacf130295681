import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../../clip.ts';
import type { Augmentation } from '../../image/augment.ts';
import { parameterCount } from '../../parameters.ts';
import { orUndefined, writeFileAtomically } from '../files.ts';
import type { PairSet } from '../pairs.ts';
import { trainedNumbers } from './adaptation.ts';
import { defaultDrop, type GuardChoice } from './guard.ts';
import type { RunIdentity } from './identity.ts';
import { usedSettings } from './mode-settings.ts';
import type { RunSize } from './plan.ts';
import type { TrainingSettings } from './settings.ts';

/** What a run was begun with: `run.json`, for people and for the comparison of runs. */
export type RunFile = {
  /** Counts up where an older version could not read what a newer one writes. */
  format: 1;
  /** ISO 8601. */
  started: string;
  /** As asked for, without those that the mode has no use for. */
  settings: Partial<TrainingSettings>;
  augmentation: Augmentation;
  exifRotate: boolean;
  /** As it comes out for these data. */
  size: RunSize;
  /** `name` is what the command was given; the digest is of config and weights. */
  model: { name: string | null; sha256: string; parameters: number; trainedParameters: number };
  data: { training: RunData; validation: RunData | null };
  /** Absent where there is no guard set. */
  guard?: { drop: number; stop: boolean; data: RunData };
  backend: string;
  versions: { 'clip-tfjs': string; '@tensorflow/tfjs': string; node: string };
  host: { platform: string; processor: string; processors: number; memoryBytes: number };
};

/** The digest is of paths, captions and concepts. */
export type RunData = { source: string; pairs: number; badRows: number; sha256: string };

export type RunFileParts = {
  clip: Clip;
  training: PairSet;
  validation: PairSet | undefined;
  guard: GuardChoice | undefined;
  model: string | undefined;
  settings: TrainingSettings;
  augmentation: Augmentation;
  exifRotate: boolean;
  size: RunSize;
  identity: RunIdentity;
};

const manifest = createRequire(import.meta.url)('clip-tfjs/package.json') as { version: string };

export function describeRun(parts: RunFileParts): RunFile {
  const { clip, training, validation, guard, model, settings, augmentation, exifRotate, size, identity } = parts;
  type Looked = { source: string; pairs: { length: number }; bad: readonly unknown[] };
  const data = ({ source, pairs, bad }: Looked, digest: unknown): RunData => ({
    ...{ source, pairs: pairs.length, badRows: bad.length, sha256: String(digest) },
  });
  return {
    format: 1,
    started: new Date().toISOString(),
    ...{ settings: usedSettings(settings), augmentation, exifRotate, size },
    model: {
      name: model ?? null,
      sha256: String(identity['the model']),
      parameters: parameterCount(clip.config),
      trainedParameters: trainedNumbers(clip.config, settings),
    },
    data: {
      training: data(training, identity['the training data']),
      validation: validation ? data(validation, identity['the validation data']) : null,
    },
    ...(guard && {
      guard: {
        drop: guard.drop ?? defaultDrop,
        stop: guard.stop ?? false,
        data: data(guard.data, identity['the guard data']),
      },
    }),
    backend: tf.getBackend(),
    versions: { 'clip-tfjs': manifest.version, '@tensorflow/tfjs': tf.version_core, node: process.versions.node },
    host: {
      platform: `${process.platform} ${process.arch}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      processors: cpus().length,
      memoryBytes: totalmem(),
    },
  };
}

export async function writeRunFile(out: string, run: RunFile): Promise<void> {
  await writeFileAtomically(join(out, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
}

export async function removeRunFile(out: string): Promise<void> {
  await rm(join(out, 'run.json'), { force: true });
}

/** @returns undefined where there is none @throws SyntaxError on one that is damaged or that another version wrote */
export async function readRunFile(out: string): Promise<RunFile | undefined> {
  const path = join(out, 'run.json');
  const text = await orUndefined(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    const run = JSON.parse(text) as RunFile;
    if (run.format !== 1) throw new SyntaxError(`expected format 1 but got ${run.format}`);
    return run;
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: ${(error as Error).message}; take it away, or take another run`, {
      cause: error,
    });
  }
}

/** What `{ a: { b: 1 } }` says, as rows `a.b`, `1`. */
export function runRows(value: object, path = ''): [name: string, value: string][] {
  return Object.entries(value).flatMap(([name, entry]): [string, string][] => {
    if (entry === undefined) return [];
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return runRows(entry, `${path}${name}.`);
    return [[`${path}${name}`, typeof entry === 'string' ? entry : JSON.stringify(entry)]];
  });
}
