import { assertFitForRun } from '../node/training/model-directory.ts';
import { sizeRun } from '../node/training/plan.ts';
import {
  type GivenSettings,
  readTrainingConfig,
  type TrainingConfig,
  type TrainingSettings,
} from '../node/training/settings.ts';
import { tensorboardDirectory } from '../node/training/tensorboard-log.ts';
import { assertDirectoryWritable } from '../node/writable.ts';
import { readText } from './read-text.ts';
import type { TrainingCommand } from './training-options.ts';
import { UsageError } from './usage.ts';

/** Settings that have an option of the same name. */
const settingKeys = [
  'epochs',
  'steps',
  'batchSize',
  'learningRate',
  'warmup',
  'schedule',
  'weightDecay',
  'averageDecay',
  'seed',
  'freeze',
  'chunkSize',
] as const satisfies readonly (keyof TrainingSettings & keyof TrainingCommand)[];

/** Defaults, under the config's settings, under the options. */
export function settingsOf(
  defaults: TrainingSettings,
  { lora, ...config }: GivenSettings,
  options: TrainingCommand,
): TrainingSettings {
  const given = Object.fromEntries(
    settingKeys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  );
  const settings: TrainingSettings = { ...defaults, ...config, ...given, lora: { ...defaults.lora, ...lora } };
  if (options.epochs !== undefined && options.steps === undefined) delete settings.steps;
  return settings;
}

/** Before a model is loaded. @throws Error where a directory that the run writes to cannot be written to, or is something else's */
export async function assertRunFits({ out, tensorboard = false }: TrainingCommand): Promise<void> {
  await assertFitForRun(out);
  const events = tensorboardDirectory(out, tensorboard);
  if (events !== undefined) await assertDirectoryWritable(events);
}

/** Before a model is loaded. @throws UsageError on a warm-up longer than the run, Error where there are too few pairs to compare */
export function assertExtent(pairs: number, settings: TrainingSettings): void {
  const { steps, warmup } = sizeRun(pairs, settings, () => {});
  if (warmup > steps)
    throw new UsageError(`Cannot train: expected --warmup to be at most the run's ${steps} steps but got ${warmup}`);
}

/** The config's parts, none where no config is given. */
export async function readConfig(path: string | undefined): Promise<TrainingConfig & { text: string }> {
  if (path === undefined) return { settings: {}, augmentation: {}, tokenizer: undefined, hasModel: false, text: '' };
  const text = await readText(path);
  return { ...readTrainingConfig(path, text), text };
}
