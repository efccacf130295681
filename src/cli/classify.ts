import type { Command } from 'commander';
import { type Classification, rank } from '../classify/classify.ts';
import { explainPrompts, type PromptReport } from '../classify/explain-prompts.ts';
import { buildPromptEnsemble, classifierOf } from '../classify/prompt-ensemble.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { embedFiles } from '../node/embed-files.ts';
import { findPictures } from '../node/find-pictures.ts';
import { describePrompts } from './describe-prompts.ts';
import { addModelOptions, type ModelOptions, openClip, workersOption } from './options.ts';
import { bar, printJson, table } from './output.ts';
import { parseCount, parseNumber } from './parsers.ts';
import { makeProgress } from './progress.ts';
import {
  addClassOptions,
  addTemplateOptions,
  type ClassOptions,
  readClassOptions,
  readTemplateOptions,
  refuseUnfitPrompts,
  type TemplateOptions,
} from './prompt-options.ts';
import { UsageError } from './usage.ts';

type ClassifyCommand = ModelOptions &
  ClassOptions &
  TemplateOptions & {
    prompts?: boolean;
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
  addTemplateOptions(addClassOptions(addModelOptions(command)))
    .option('--prompts', 'show what each template says, and which of them make the answer')
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
      '\nExamples:\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --labels "cat,dog,diagram"\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --labels "cat,dog" --template-set openai-7 --prompts',
    )
    .action(run);
}

async function run(paths: string[], options: ClassifyCommand): Promise<void> {
  const classes = await readClassOptions(options, 'Cannot classify');
  const templates = await readTemplateOptions(options, 'Cannot classify');
  refuseUnfitPrompts(classes, templates, 'Cannot classify');
  if (options.prompts && classes.length < 2)
    throw new UsageError('Cannot show prompts: expected at least two labels, or nothing is decided');
  const failed: { path: string; reason: string }[] = [];
  const skip = (path: string, { message: reason }: Error) => {
    failed.push({ path, reason });
    console.error(`skipped ${path}: ${reason}`);
  };
  const pictures = await findPictures(paths, skip);
  if (pictures.length === 0) throw new Error(`Cannot classify: there are no pictures in ${paths.join(', ')}`);
  const clip = await openClip(options);
  const progress = makeProgress('prompts', options.json);
  const building = { templates, onProgress: progress.onProgress };
  const ensemble = options.prompts ? await buildPromptEnsemble(clip, classes, building) : undefined;
  const classifier = ensemble ? classifierOf(ensemble) : await cachedClassifier(clip, classes, building);
  progress.stop();
  const results: ({ path: string; prompts?: PromptReport } & Classification)[] = [];
  const { exifRotate = false, workers, threshold = -1 } = options;
  const files = pictures.map(({ path }) => path);
  for await (const { path, embedding, error } of embedFiles(clip, files, { exifRotate, workers })) {
    if (error) {
      skip(path, error);
      continue;
    }
    const result = rank(embedding, classifier, clip.logitScale, threshold);
    const prompts = ensemble && explainPrompts(embedding, ensemble, clip.logitScale);
    results.push({ path, ...result, ...(prompts && { prompts }) });
    if (options.json) continue;
    console.log(describe(path, result, options.top));
    if (prompts) console.log(describePrompts(prompts));
  }
  if (results.length === 0 || failed.some(({ path }) => paths.includes(path))) process.exitCode = 1;
  if (options.json) {
    const shown = results.map(({ path, best, ranked, prompts }) => ({
      path,
      best: best ?? null,
      ranked: ranked.slice(0, options.top),
      ...(prompts && { prompts }),
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
