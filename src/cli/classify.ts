import type { Command } from 'commander';
import { buildClassifier } from '../classify/classifier.ts';
import { type Classification, rank } from '../classify/classify.ts';
import { defaultTemplates } from '../classify/templates.ts';
import { embedFiles } from '../node/embed-files.ts';
import { findPictures } from '../node/find-pictures.ts';
import { addModelOptions, collect, type ModelOptions, openClip, workersOption } from './options.ts';
import { bar, printJson, table } from './output.ts';
import { parseCount, parseNumber } from './parsers.ts';
import { readText } from './read-text.ts';
import { UsageError } from './usage.ts';

type ClassifyCommand = ModelOptions & {
  labels?: string;
  labelsFile?: string;
  template?: string[];
  templatesFile?: string;
  top: number;
  threshold?: number;
  exifRotate?: boolean;
  workers: number | 'auto';
};

export function addClassify(program: Command): void {
  const command = program
    .command('classify')
    .summary('say which label fits a picture best')
    .description('Compare pictures with labels, zero-shot: each label is put into the templates, and the closest wins.')
    .argument('<pictures...>', 'picture files and folders');
  addModelOptions(command)
    .option('-l, --labels <list>', 'labels, separated by commas')
    .option('--labels-file <path>', 'a file with one label a line')
    .option('-t, --template <text>', 'a sentence with {} for the label; may be given several times', collect)
    .option('--templates-file <path>', 'a file with one template a line')
    .option('-k, --top <count>', 'labels to show', parseCount, 5)
    .option(
      '--threshold <cosine>',
      'the least similarity that counts; below it the answer is "I don\'t know"',
      parseNumber,
    )
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      '\nExample:\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --labels "cat,dog,diagram"',
    )
    .action(run);
}

async function run(paths: string[], options: ClassifyCommand): Promise<void> {
  const labels = await readList(options.labels?.split(','), options.labelsFile, 'labels', '--labels "cat,dog"');
  const templates =
    options.template || options.templatesFile
      ? await readList(options.template, options.templatesFile, 'templates', '')
      : defaultTemplates;
  refuseUnfit(labels, templates);
  const failed: { path: string; reason: string }[] = [];
  const skip = (path: string, { message: reason }: Error) => {
    failed.push({ path, reason });
    console.error(`skipped ${path}: ${reason}`);
  };
  const pictures = await findPictures(paths, skip);
  if (pictures.length === 0) throw new Error(`Cannot classify: there are no pictures in ${paths.join(', ')}`);
  const clip = await openClip(options);
  const classifier = await buildClassifier(clip, labels, { templates });
  const results: ({ path: string } & Classification)[] = [];
  const { exifRotate = false, workers, threshold = -1 } = options;
  const files = pictures.map(({ path }) => path);
  for await (const { path, embedding, error } of embedFiles(clip, files, { exifRotate, workers })) {
    if (error) {
      skip(path, error);
      continue;
    }
    const result = rank(embedding, classifier, clip.logitScale, threshold);
    results.push({ path, ...result });
    if (!options.json) console.log(describe(path, result, options.top));
  }
  if (results.length === 0 || failed.some(({ path }) => paths.includes(path))) process.exitCode = 1;
  if (options.json) {
    const shown = results.map(({ path, best, ranked }) => ({
      path,
      best: best ?? null,
      ranked: ranked.slice(0, options.top),
    }));
    printJson({ model: options.model, templates, threshold: options.threshold ?? null, results: shown, failed });
  }
  clip.dispose();
}

/** A picture's answer as lines, with bars as long as the probabilities. */
function describe(path: string, { best, ranked }: Classification, top: number): string {
  const rows = ranked
    .slice(0, top)
    .map(({ label, probability, similarity }) => [
      `  ${label}`,
      `${(100 * probability).toFixed(1).padStart(5)} %`,
      similarity.toFixed(4),
      bar(probability),
    ]);
  return `${path}: ${best?.label ?? "I don't know"}\n${table(rows)}\n`;
}

/** What `buildClassifier` would refuse, before a model is loaded. */
function refuseUnfit(labels: readonly string[], templates: readonly string[]): void {
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index);
  if (repeated !== undefined) throw new UsageError(`Cannot classify: the label '${repeated}' is named twice`);
  const unfit = templates.find((template) => !template.includes('{}'));
  if (unfit !== undefined)
    throw new UsageError(`Cannot classify: expected {} where the label goes in the template '${unfit}'`);
}

/** From the command line and from a file; empty lines are passed over. */
async function readList(
  given: readonly string[] | undefined,
  file: string | undefined,
  what: string,
  example: string,
): Promise<string[]> {
  const lines = file === undefined ? [] : (await readText(file)).split(/\r?\n/);
  const list = [...(given ?? []), ...lines].map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (list.length === 0)
    throw new UsageError(`Cannot classify: expected ${what}, e.g. ${example || 'one a line'}, but got none`);
  return list;
}
