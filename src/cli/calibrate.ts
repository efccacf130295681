import { type Command, InvalidArgumentError, Option } from 'commander';
import { type RejectionScore, rejectionScores } from '../classify/rejection.ts';
import type { Wanted } from '../evaluate/fit-rejection.ts';
import { assertFileWritable } from '../node/writable.ts';
import { type DataOptions, readCalibrationData } from './calibrate-data.ts';
import { calibrateIndependently } from './calibrate-independent.ts';
import { calibrateRejection } from './calibrate-rejection.ts';
import { addModelOptions, type ModelOptions, workersOption } from './options.ts';
import { parseNumber, parseWhole } from './parsers.ts';
import { addClassOptions, addTemplateOptions, readTemplateOptions, type TemplateOptions } from './prompt-options.ts';

export type CalibrateCommand = ModelOptions &
  DataOptions &
  TemplateOptions & {
    falseAccepts?: number;
    coverage?: number;
    score?: RejectionScore;
    out: string;
    report?: string;
    seed: number;
    exifRotate?: boolean;
    workers: number | 'auto';
  };

export function addCalibrate(program: Command): void {
  const command = program
    .command('calibrate')
    .summary('find out when a classifier should say "I don\'t know"')
    .description(
      'Fit a temperature and a threshold on pictures of the classes and pictures of none, measure what they give on a half that is held out, and write a classifier for `classify --classifier`.',
    )
    .argument(
      '<data>',
      'a folder with a folder per class, or a table (.csv, .tsv) with the columns filepath and label',
    );
  addTemplateOptions(addClassOptions(addModelOptions(command)))
    .requiredOption('-o, --out <path>', 'the classifier to write (safetensors)')
    .option('--unknown <paths...>', 'pictures that show none of the classes, and folders of them')
    .addOption(
      new Option('--false-accepts <share>', 'the most of the unknown pictures that may get an answer (default: 0.05)')
        .argParser(parseRate)
        .conflicts('coverage'),
    )
    .addOption(
      new Option('--coverage <share>', 'or: the least of the known pictures that shall get an answer').argParser(
        parseRate,
      ),
    )
    .addOption(
      new Option('--score <name>', 'what decides (default: what tells known from unknown best)').choices(
        rejectionScores,
      ),
    )
    .addOption(
      new Option(
        '--independent',
        "each label by itself: several may be true ('|' between them in a table), each gets a threshold",
      ).conflicts('score'),
    )
    .option('--image-column <name>', 'the column of the picture (default: filepath)')
    .option('--label-column <name>', 'the column of the label (default: label)')
    .option('--report <path>', 'write an HTML report')
    .option('--seed <number>', 'which half is held out', parseWhole(0), 1)
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs calibrate photos/ --model ViT-B/32 --unknown other/ --false-accepts 0.05 --out classifier.safetensors --report report.html' +
        '\n  $ clip-tfjs classify photo.jpg --model ViT-B/32 --classifier classifier.safetensors',
    )
    .action(run);
}

async function run(source: string, options: CalibrateCommand): Promise<void> {
  const { falseAccepts, coverage, out, report } = options;
  const wanted: Wanted = coverage === undefined ? { falseAccepts: falseAccepts ?? 0.05 } : { coverage };
  const templates = await readTemplateOptions(options, 'Cannot calibrate');
  await assertFileWritable(out);
  if (report !== undefined) await assertFileWritable(report);
  const data = await readCalibrationData(source, options, templates);
  for (const { place, reason } of data.bad) console.error(`left out ${place}: ${reason}`);
  const job = { source, data, templates, wanted };
  await (options.independent ? calibrateIndependently(job, options) : calibrateRejection(job, options));
}

function parseRate(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('expected a number between 0 and 1, e.g. 0.05 for 5 %');
  return value;
}
