import { type Command, Option } from 'commander';
import type { BackendName } from '../backend.ts';
import type { DataChoice } from '../node/training/read-data.ts';
import type { Schedule } from '../train/schedule.ts';
import { backendOption, collect, jsonOption, threadsOption, workersOption } from './options.ts';
import {
  collectPrefix,
  collectWeight,
  parseCount,
  parseFromZero,
  parseNumber,
  parseShare,
  parseWhole,
} from './parsers.ts';

/** What `finetune` and `train` have in common. */
export type TrainingCommand = Omit<DataChoice, 'templates' | 'data' | 'dataWeight' | 'val'> & {
  data: string[];
  dataWeight?: number[];
  val?: string[];
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
  cacheFeatures?: string | boolean;
  checkpointSeconds: number;
  exifRotate?: boolean;
  tensorboard?: string | boolean;
  workers: number | 'auto';
  backend?: BackendName;
  threads?: number;
  json?: boolean;
};

/** What is trained on, and how; `addRunningOptions` come last. */
export function addTrainingOptions(command: Command): Command {
  return command
    .requiredOption(
      '-d, --data <path>',
      "pairs: a table (.csv, .tsv), lines of JSON (.jsonl), WebDataset shards (.tar, '{0000..0031}.tar', a folder of them), or a folder with a folder of pictures per class; may be repeated",
      collect,
    )
    .option(
      '--data-weight <times>',
      'how often an epoch shows each pair of the --data at the same place, e.g. 2 or 0.5; once for each --data',
      collectWeight,
    )
    .requiredOption('-o, --out <folder>', 'where model, log, report and checkpoints go; the same again goes on')
    .option('--val <path>', 'pairs for validation, from any of these; may be repeated', collect)
    .addOption(
      new Option('--val-share <share>', 'or the share of the pictures to set apart for it, e.g. 0.1')
        .argParser(parseShare)
        .conflicts('val'),
    )
    .option('--image-column <name>', "the table's column of picture paths (default: filepath)")
    .option('--text-column <name>', "the table's column of captions (default: title)")
    .option('--concept-column <name>', "the table's column of concepts: rows of one are right answers to each other")
    .option('--separator <text>', 'between columns; by default the first of tab, comma, semicolon in the header')
    .option('--template <text>', 'for a folder per class, may be repeated: a caption with {} for the class', collect)
    .option('--max-bad <share>', 'stop where more of the rows than this are bad', parseFromZero, 0.05)
    .option('--epochs <count>', 'times that each pair is shown', parseCount)
    .addOption(
      new Option('--steps <count>', 'steps in all, in place of --epochs').argParser(parseCount).conflicts('epochs'),
    )
    .option('-b, --batch-size <count>', 'pairs that are compared with each other in a step', parseWhole(2))
    .option('--learning-rate <rate>', 'the highest', parseFromZero)
    .option('--warmup <count>', 'steps in which it rises (default: a tenth of all)', parseWhole(0))
    .addOption(new Option('--schedule <name>', 'how it goes on').choices(['cosine', 'constant', 'cooldown']))
    .option('--weight-decay <share>', 'decoupled weight decay', parseFromZero)
    .option('--average-decay <share>', 'validate and save an average of the weights, e.g. 0.999', parseShare)
    .option(
      '--freeze <prefix>',
      "don't train parameters whose names begin so, e.g. visual.; may be repeated",
      collectPrefix,
    )
    .option('--seed <number>', 'of everything random', parseNumber)
    .option(
      '--chunk-size <count>',
      'pairs that go through the towers at once (default: what memory allows)',
      parseCount,
    );
}

/** How the work is done, which changes nothing of what is learned. */
export function addRunningOptions(command: Command): Command {
  return command
    .option(
      '--cache-features <folder>',
      "where a tower's embeddings are kept that is not trained (default: a folder of the user's cache)",
    )
    .option('--no-cache-features', 'run such a tower in each step')
    .option('--checkpoint-seconds <seconds>', 'time between two checkpoints', parseFromZero, 60)
    .option('--tensorboard [folder]', "also write event files for TensorBoard (default folder: --out's tensorboard)")
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addOption(workersOption('threads that read, vary and tokenize ahead; 0: none'))
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption());
}
