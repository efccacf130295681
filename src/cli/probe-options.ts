import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  addLoadingOptions,
  backendOption,
  jsonOption,
  type ModelOptions,
  modelHelp,
  threadsOption,
  workersOption,
} from './options.ts';
import { parseCount, parseNumber, parsePositive, parseWhole } from './parsers.ts';
import { addTemplateOptions, type TemplateOptions } from './prompt-options.ts';
import { UsageError } from './usage.ts';

export type ProbeCommand = Omit<ModelOptions, 'model'> &
  TemplateOptions & {
    data: string;
    val?: string;
    valShare?: number;
    test?: string;
    shots?: number;
    method: 'linear' | 'tip-adapter';
    c?: number;
    out: string;
    imageColumn?: string;
    labelColumn?: string;
    seed: number;
    workers: number | 'auto';
    exifRotate?: boolean;
  };

export function addProbeOptions(command: Command): Command {
  const described = command
    .argument('<model>', modelHelp)
    .requiredOption(
      '--data <path>',
      'labelled pictures: a folder with a folder per class, or a table (.csv, .tsv) with the columns filepath and label',
    )
    .requiredOption('-o, --out <path>', 'the probe to write (safetensors)')
    .addOption(
      new Option('--val <path>', 'labelled pictures that C, or alpha and beta, are chosen by').conflicts('valShare'),
    )
    .addOption(
      new Option('--val-share <share>', 'or: this share of each class of the data, e.g. 0.2').argParser(parseOpenShare),
    )
    .option('--test <path>', 'labelled pictures that it is measured on, for nothing else')
    .option('--shots <count>', 'take so many pictures of each class', parseCount)
    .addOption(
      new Option(
        '--method <name>',
        'linear: logistic regression of the features; tip-adapter: a handful of pictures beside the words',
      )
        .choices(['linear', 'tip-adapter'])
        .default('linear'),
    )
    .addOption(
      new Option('--c <value>', 'linear, without validation: inverse strength of the penalty (default: 0.316)')
        .argParser(parsePositive)
        .conflicts(['val', 'valShare']),
    )
    .option('--image-column <name>', "the table's column of picture paths (default: filepath)")
    .option('--label-column <name>', "the table's column of labels (default: label)")
    .option('--seed <number>', 'which pictures --val-share and --shots take', parseWhole(0), 1);
  return addLoadingOptions(addTemplateOptions(described))
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addOption(jsonOption());
}

/** @throws UsageError on an option that the method has no use for */
export function refuseUnusedC({ method, c }: ProbeCommand): void {
  if (method === 'tip-adapter' && c !== undefined)
    throw new UsageError('Cannot make a probe: --c is of no use with --method tip-adapter; leave it out');
}

function parseOpenShare(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('expected a number between 0 and 1');
  return value;
}
