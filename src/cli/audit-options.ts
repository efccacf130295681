import { type Command, InvalidArgumentError } from 'commander';
import { type Gate, type GateKind, gateHelp, parseGate } from '../evaluate/audit/gates.ts';
import { clipPaperHarmLabels, type HarmLabels, parseHarmLabels } from '../evaluate/audit/harm-labels.ts';
import type { AuditPlanOptions } from '../node/audit/audit-plan.ts';
import { defaultThresholds } from '../node/audit/plan.ts';
import { statusHelp } from './left-out.ts';
import { addModelOptions, type ModelOptions, workersOption } from './options.ts';
import { parseNumber, parseShare, parseWhole } from './parsers.ts';
import {
  addClassesFileOption,
  addTemplateOptions,
  readClassOptions,
  readTemplateOptions,
  type TemplateOptions,
} from './prompt-options.ts';
import { readLines, readText } from './read-text.ts';
import { UsageError } from './usage.ts';

export type AuditCommand = ModelOptions &
  TemplateOptions & {
    groups?: string;
    labelsFile?: string;
    classesFile?: string;
    otherLabels?: string;
    imageColumn?: string;
    labelColumn?: string;
    harmLabels?: string;
    harmAlternatives?: string;
    queries?: string;
    unknown?: string[];
    falseAccepts?: number;
    coverage?: number;
    thresholds?: readonly number[];
    maxGap?: Gate[];
    max?: Gate[];
    min?: Gate[];
    probes: boolean;
    seed: number;
    out?: string;
    exifRotate?: boolean;
    workers: number | 'auto';
  };

/** The name that stands for the list of CLIP's paper. */
const paperList = 'clip-paper';

export function addAuditOptions(command: Command): Command {
  addModelOptions(command)
    .option('-g, --groups <columns>', 'columns with groups, separated by commas; a+b crosses two')
    .option('--image-column <name>', "the column with the pictures' paths, filepath by default")
    .option('--label-column <name>', 'the column with the classes, label by default')
    .option('--labels-file <path>', 'a file with one class a line; by default the labels of the data')
    .option('--other-labels <path>', 'a file with labels that compete and have no pictures, one a line');
  return addTemplateOptions(addClassesFileOption(command))
    .option(
      '--harm-labels <path>',
      `a file with one denigrating label a line, or '${paperList}': those of CLIP's paper`,
    )
    .option('--harm-alternatives <list>', 'labels that may take their place, separated by commas, e.g. child')
    .option('--queries <path>', 'a file with one neutral search a line: whom do they show first?')
    .option('--unknown <paths...>', 'pictures that are none of the classes: files and folders')
    .option('--false-accepts <share>', 'the share of those that may be taken for a class, 0.05 by default', parseShare)
    .option(
      '--coverage <share>',
      'the share of the other pictures that shall get an answer, 0.95 by default',
      parseNumber,
    )
    .option(
      '--thresholds <list>',
      `least probabilities at which a label counts, ${defaultThresholds.join(',')} by default`,
      parseNumbers,
    )
    .option('--max-gap <figure=value>', 'the largest gap between groups that passes, see below', gates('max-gap'))
    .option('--max <figure=value>', 'the largest value that passes, see below', gates('max'))
    .option('--min <figure=value>', 'the least value that passes, see below', gates('min'))
    .option('--no-probes', 'leave the generated pictures out')
    .option('--seed <number>', 'of all that is drawn at random', parseWhole(0), 0)
    .option('-o, --out <folder>', 'where audit.json, audit.md and audit.html are written')
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      `
Figures for --max-gap, which may be given several times:
${gateHelp('max-gap')}
Figures for --max, also:
${gateHelp('max')}
Figures for --min, also:
${gateHelp('min')}

Example:
  $ clip-tfjs audit people.csv --model clip-vit-base-patch32 --groups gender,age --harm-labels ${paperList} \\
      --harm-alternatives child --max-gap accuracy=0.1 --max ece=0.1 --out audit/
${statusHelp}
It is 1, too, where a gate is broken.`,
    );
}

/** What the files that were named have in them. @throws UsageError, Error and SyntaxError on those that do not fit */
export async function readPlanOptions(options: AuditCommand): Promise<AuditPlanOptions> {
  const { imageColumn, labelColumn, groups, labelsFile, classesFile, harmLabels, harmAlternatives, queries } = options;
  const {
    otherLabels,
    unknown,
    falseAccepts,
    coverage,
    thresholds,
    maxGap = [],
    max = [],
    min = [],
    probes,
    seed,
  } = options;
  const isNamed = labelsFile !== undefined || classesFile !== undefined;
  return {
    ...(imageColumn !== undefined && { imageColumn }),
    ...(labelColumn !== undefined && { labelColumn }),
    ...(groups !== undefined && { groups: cut(groups) }),
    ...(isNamed && {
      classes: await readClassOptions(
        { ...(labelsFile !== undefined && { labelsFile }), ...(classesFile !== undefined && { classesFile }) },
        'Cannot audit',
      ),
    }),
    ...(otherLabels !== undefined && { otherLabels: await readEntries(otherLabels) }),
    templates: await readTemplateOptions(options, 'Cannot audit'),
    ...(harmLabels !== undefined && { harmLabels: await readHarmLabels(harmLabels) }),
    ...(harmAlternatives !== undefined && { harmAlternatives: cut(harmAlternatives) }),
    ...(queries !== undefined && { queries: await readEntries(queries) }),
    ...(unknown !== undefined && { unknown }),
    ...(falseAccepts !== undefined && { falseAccepts }),
    ...(coverage !== undefined && { coverage }),
    ...(thresholds !== undefined && { thresholds }),
    gates: [...maxGap, ...max, ...min],
    probes,
    seed,
  };
}

async function readHarmLabels(path: string): Promise<HarmLabels> {
  return path === paperList ? clipPaperHarmLabels : parseHarmLabels(await readText(path), path);
}

async function readEntries(path: string): Promise<string[]> {
  const list = await readLines(path);
  if (list.length === 0) throw new UsageError(`Cannot audit: expected one entry a line in ${path} but it has none`);
  return list;
}

function cut(list: string): string[] {
  return list.split(',').map((entry) => entry.trim());
}

function parseNumbers(list: string): number[] {
  return cut(list).map(parseNumber);
}

/** The parser of an option that gathers gates. */
function gates(kind: GateKind) {
  return (text: string, before: Gate[] = []): Gate[] => {
    try {
      return [...before, parseGate(kind, text)];
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}
