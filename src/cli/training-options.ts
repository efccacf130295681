import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { BackendName } from '../backend.ts';
import type { DataChoice } from '../node/training/read-data.ts';
import { readTrainingConfig, type TrainingConfig, type TrainingSettings } from '../node/training/settings.ts';
import type { Schedule } from '../train/schedule.ts';
import {
  backendOption,
  collect,
  jsonOption,
  parseCount,
  parseNumber,
  threadsOption,
  workersOption,
} from './options.ts';

/** What `finetune` and `train` have in common. */
export type TrainingCommand = Omit<DataChoice, 'templates'> & {
  template?: string[];
  config?: string;
  out: string;
  epochs?: number;
  steps?: number;
  batchSize?: number;
  learningRate?: number;
  warmup?: number;
  schedule?: Schedule;
  weightDecay?: number;
  averageDecay?: number;
  seed?: number;
  freeze?: string[];
  chunkSize?: number;
  maxBad: number;
  checkpointSeconds: number;
  exifRotate?: boolean;
  workers: number | 'auto';
  backend?: BackendName;
  threads?: number;
  json?: boolean;
};

export function addTrainingOptions(command: Command): Command {
  return command
    .requiredOption(
      '-d, --data <path>',
      'pairs: a table (.csv, .tsv), lines of JSON (.jsonl), or a folder with a folder of pictures per class',
    )
    .requiredOption('-o, --out <folder>', 'where model, log, report and checkpoints go; the same again goes on')
    .option('--val <path>', 'pairs for validation')
    .option('--val-share <share>', 'or the share of the pictures to set apart for it, e.g. 0.1', parseNumber)
    .option('--image-column <name>', "the table's column of picture paths (default: filepath)")
    .option('--text-column <name>', "the table's column of captions (default: title)")
    .option('--concept-column <name>', "the table's column of concepts: rows of one are right answers to each other")
    .option('--separator <text>', 'between columns; by default the first of tab, comma, semicolon in the header')
    .option('--template <text>', 'for a folder per class, may be repeated: a caption with {} for the class', collect)
    .option('--max-bad <share>', 'stop where more of the rows than this are bad', parseNumber, 0.05)
    .option('--epochs <count>', 'times that each pair is shown', parseCount)
    .option('--steps <count>', 'steps in all, in place of --epochs', parseCount)
    .option('-b, --batch-size <count>', 'pairs that are compared with each other in a step', parseCount)
    .option('--learning-rate <rate>', 'the highest', parseNumber)
    .option('--warmup <count>', 'steps in which it rises (default: a tenth of all)', parseNumber)
    .addOption(new Option('--schedule <name>', 'how it goes on').choices(['cosine', 'constant', 'cooldown']))
    .option('--weight-decay <share>', 'decoupled weight decay', parseNumber)
    .option('--average-decay <share>', 'validate and save an average of the weights, e.g. 0.999', parseNumber)
    .option('--freeze <prefix>', "don't train parameters whose names begin so, e.g. visual.; may be repeated", collect)
    .option('--seed <number>', 'of everything random', parseNumber)
    .option(
      '--chunk-size <count>',
      'pairs that go through the towers at once (default: what memory allows)',
      parseCount,
    )
    .option('--checkpoint-seconds <seconds>', 'time between two checkpoints', parseNumber, 60)
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addOption(workersOption('threads that read, vary and tokenize ahead; 0: none'))
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption());
}

/** Defaults, under the config's settings, under the options. */
export function settingsOf(
  defaults: TrainingSettings,
  config: Partial<TrainingSettings>,
  options: TrainingCommand,
): TrainingSettings {
  const {
    epochs,
    steps,
    batchSize,
    learningRate,
    warmup,
    schedule,
    weightDecay,
    averageDecay,
    seed,
    freeze,
    chunkSize,
  } = options;
  const chosen = {
    epochs,
    steps,
    batchSize,
    learningRate,
    warmup,
    schedule,
    weightDecay,
    averageDecay,
    seed,
    freeze,
    chunkSize,
  };
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const settings: TrainingSettings = { ...defaults, ...config, ...given };
  if (options.epochs !== undefined && options.steps === undefined) delete settings.steps;
  return settings;
}

/** The config's parts, none where no config is given. */
export async function readConfig(path: string | undefined): Promise<TrainingConfig & { text: string }> {
  if (path === undefined) return { settings: {}, augmentation: {}, tokenizer: undefined, hasModel: false, text: '' };
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`Cannot read ${path}: there is no such file`) : error;
  });
  return { ...readTrainingConfig(path, text), text };
}
