import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { BackendName } from '../backend.ts';
import type { Clip } from '../clip.ts';
import type { Activation } from '../config.ts';
import { writeFileAtomically } from '../node/files.ts';
import { type PairOptions, readPairs } from '../node/pairs.ts';
import { type CheckedSets, checkPairs } from '../node/pairs-check/check.ts';
import { assertListable, listFormat, writeCleanList } from '../node/pairs-check/clean-list.ts';
import type { PairsReport } from '../node/pairs-check/report-types.ts';
import { pairsReportSections } from '../node/pairs-check/sections.ts';
import { htmlReport } from '../node/report.ts';
import { reportTime } from '../node/report-time.ts';
import { assertFileWritable } from '../node/writable.ts';
import { describePairs } from './describe-pairs.ts';
import {
  addLoadingOptions,
  backendOption,
  collect,
  jsonOption,
  modelHelp,
  openClip,
  threadsOption,
  workersOption,
} from './options.ts';
import { printJson } from './output.ts';
import { parseShare, parseWhole } from './parsers.ts';
import { withProgress } from './progress.ts';
import { asUsage, UsageError } from './usage.ts';
import { version } from './version.ts';

type PairsCheckCommand = Omit<PairOptions, 'templates'> & {
  template?: string[];
  val?: string;
  test?: string;
  model?: string;
  activation?: Activation;
  architecture?: string;
  imageSize?: number;
  backend?: BackendName;
  threads?: number;
  batchSize: number;
  maxBad: number;
  out?: string;
  writeClean?: string;
  strict?: boolean;
  exifRotate?: boolean;
  workers: number | 'auto';
  json?: boolean;
};

export function addPairsCheck(pairs: Command): void {
  const command = pairs
    .command('check')
    .summary('what is wrong with a data set, before training finds out')
    .description(
      'Look over pictures and captions before training: every picture is decoded, every caption read as the model reads it. ' +
        'Says what was found, what it does to training, and what to do about it.',
    )
    .argument(
      '<data>',
      'what --data of finetune takes: a table, lines of JSON, WebDataset shards, or a folder with a folder per class',
    )
    .option('--val <path>', 'pairs for validation: what do both have?')
    .option('--test <path>', 'pairs for a test: what do they have of the others?')
    .option('-m, --model <path>', `whose input, tokenizer and embeddings count: ${modelHelp}`);
  addLoadingOptions(command)
    .option('--image-column <name>', "the table's column of picture paths (default: filepath)")
    .option('--text-column <name>', "the table's column of captions (default: title)")
    .option('--concept-column <name>', "the table's column of concepts: rows of one are right answers to each other")
    .option('--separator <text>', 'between columns; by default the first of tab, comma, semicolon in the header')
    .option('--template <text>', 'for a folder per class, may be repeated: a caption with {} for the class', collect)
    .option(
      '-b, --batch-size <count>',
      'pairs of a training batch, for the share of false negatives',
      parseWhole(2),
      32,
    )
    .option('--max-bad <share>', 'not trainable where more of the rows than this are bad', parseShare, 0.05)
    .option('-o, --out <path>', 'write an HTML file with examples')
    .option('--write-clean <path>', 'write the rows of <data> without faults, .csv or .jsonl', parseList)
    .option('--strict', 'exit status 1 where there are warnings')
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addOption(workersOption('threads that decode; 0: none'))
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs pairs check pairs.csv --val val.csv --model clip-vit-base-patch32 --out check.html' +
        '\n  $ clip-tfjs pairs check photos/ --json > check.json' +
        `
\nExit status: 0 fit to train, or trainable with warnings; 1 not trainable, with --strict also where there are warnings, and on faults;
2 where the command or its data is unfit.`,
    )
    .action(run);
}

async function run(data: string, options: PairsCheckCommand): Promise<void> {
  for (const path of [options.out, options.writeClean]) if (path !== undefined) await assertFileWritable(path);
  if (options.writeClean !== undefined && resolve(options.writeClean) === resolve(data))
    throw new UsageError(`Cannot write ${data}: it is the data that is checked; choose another name for --write-clean`);
  const sets = await asUsage(() => readSets(data, options));
  const { json, model, writeClean } = options;
  if (writeClean !== undefined) await asUsage(() => assertListable(writeClean, sets.data));
  using clip = model === undefined ? undefined : await openClip({ ...options, model });
  const report = await withProgress('pictures', json, (onProgress) =>
    checkPairs(sets, { ...options, clip: clip as Clip | undefined, modelName: model, onProgress }),
  );
  if (options.out !== undefined) await writeReport(options.out, data, report, options);
  if (options.writeClean !== undefined) {
    const count = await writeCleanList(options.writeClean, sets.data, report);
    console.error(`wrote ${count} of ${report.sets[0]?.rows} rows to ${options.writeClean}`);
  }
  if (json) printJson({ ...report, version });
  else console.log(describePairs(report));
  const isStrict = options.strict === true && report.verdict !== 'fit to train';
  if (report.verdict === 'not trainable' || isStrict) process.exitCode = 1;
}

async function readSets(data: string, options: PairsCheckCommand): Promise<CheckedSets> {
  const choice = { ...options, templates: options.template };
  const read = (path: string | undefined) => (path === undefined ? undefined : readPairs(path, choice));
  return { data: await readPairs(data, choice), val: await read(options.val), test: await read(options.test) };
}

async function writeReport(
  path: string,
  data: string,
  report: PairsReport,
  { exifRotate, batchSize, maxBad }: PairsCheckCommand,
): Promise<void> {
  const { model, sets, seconds } = report;
  const date = new Date().toISOString();
  const facts = [
    ...sets.map(({ name, source }) => [name, source] as const),
    ['model', `${model.name}: input ${model.imageSize} pixels, context ${model.contextLength} tokens`],
    ['batch size', String(batchSize)],
    ['bad rows allowed', String(maxBad)],
    ['took', `${seconds.toFixed(1)} s`],
    ['date', date],
    ['clip-tfjs', version],
  ] as const;
  const lead = `${data}, ${reportTime(date)}`;
  await writeFileAtomically(
    path,
    await htmlReport(`Pairs: ${report.verdict}`, lead, await pairsReportSections(report, facts, exifRotate)),
  );
  console.error(`wrote ${path}`);
}

function parseList(path: string): string {
  try {
    listFormat(path);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return path;
}
