import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  addLoadingOptions,
  backendOption,
  jsonOption,
  type ModelOptions,
  threadsOption,
  workersOption,
} from './options.ts';
import { parseNumber } from './parsers.ts';
import { addTemplateOptions, type TemplateOptions } from './prompt-options.ts';
import { UsageError } from './usage.ts';

export type WiseFtCommand = Omit<ModelOptions, 'model'> &
  TemplateOptions & {
    alpha?: number;
    sweep?: number[] | true;
    data?: string;
    guard?: string;
    imageColumn?: string;
    labelColumn?: string;
    textColumn?: string;
    conceptColumn?: string;
    out?: string;
    report?: string;
    workers: number | 'auto';
    exifRotate?: boolean;
  };

const tenths = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

export function addWiseFtOptions(command: Command): Command {
  command
    .option('-a, --alpha <share>', 'how far to go: 0 is the start, 1 the tuned model (default: 0.5)', parseAlpha)
    .option('-o, --out <folder>', 'where to save the model')
    .addOption(
      new Option(
        '--sweep [alphas]',
        'measure several, e.g. 0.25,0.5,0.75 (by default each tenth); both ends always',
      ).argParser(parseAlphas),
    )
    .option('-d, --data <path>', 'what it was tuned for: a folder per class, a table with a column label, or pairs')
    .option('--guard <path>', 'what it shall not forget, in the same form')
    .option('--image-column <name>', "the tables' column of picture paths (default: filepath)")
    .option('--label-column <name>', "the tables' column of labels (default: label)")
    .option('--text-column <name>', "without labels: the tables' column of captions (default: title)")
    .option(
      '--concept-column <name>',
      'without labels: the column of concepts: rows of one are right answers to each other',
    )
    .option('--report <path>', 'write an HTML file with the plot')
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says');
  return addLoadingOptions(addTemplateOptions(command))
    .addOption(workersOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption());
}

/** @throws UsageError on options that do not go together */
export function refuseUnfit(start: string, tuned: string, options: WiseFtCommand): void {
  const { sweep, data, guard, out, report } = options;
  if (sweep === undefined) {
    const other = (
      [
        ['--data', data],
        ['--guard', guard],
        ['--report', report],
      ] as const
    ).find(([, given]) => given !== undefined);
    if (other) throw new UsageError(`${action}: ${other[0]} is for --sweep, which measures; add it`);
    if (out === undefined) throw new UsageError(`${action}: expected --out, where to save the model, or --sweep`);
  } else if (data === undefined || guard === undefined)
    throw new UsageError(`${action}: --sweep needs --data, what was learned, and --guard, what shall be kept`);
  for (const model of [start, tuned])
    if (out !== undefined && resolve(out) === resolve(model))
      throw new UsageError(`${action}: ${out} is one of the two models; choose another --out`);
}

export const action = 'Cannot interpolate';

/** What is measured, rising: what is asked for, the ends, and what shall be saved. */
export function sweptAlphas({ sweep, alpha }: WiseFtCommand): number[] {
  const asked = sweep === true || sweep === undefined ? tenths : sweep;
  return [...new Set([0, 1, ...asked, ...(alpha === undefined ? [] : [alpha])])].sort((one, other) => one - other);
}

function parseAlpha(text: string): number {
  const alpha = parseNumber(text);
  if (!(alpha >= 0 && alpha <= 1))
    throw new InvalidArgumentError('expected a number from 0, the start, to 1, the tuned model');
  return alpha;
}

function parseAlphas(text: string): number[] {
  return text.split(',').map(parseAlpha);
}
