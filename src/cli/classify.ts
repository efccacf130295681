import type { Command } from 'commander';
import { explainPrompts, type PromptReport } from '../classify/explain-prompts.ts';
import { type IndependentLabel, judge } from '../classify/independent.ts';
import { buildPromptEnsemble, classifierOf } from '../classify/prompt-ensemble.ts';
import { type Classification, rank } from '../classify/rank.ts';
import { embedFiles } from '../node/embed-files.ts';
import { findClassified } from './classified-pictures.ts';
import {
  addClassifierOptions,
  type ClassifierOptions,
  type ClassifierPlan,
  planClassifier,
} from './classifier-options.ts';
import { classifyByProbe, probeOption } from './classify-probe.ts';
import { describeAnswer, describeLabels } from './describe-answer.ts';
import { describePrompts } from './describe-prompts.ts';
import { addModelOptions, type ModelOptions, openClip, workersOption } from './options.ts';
import { printJson } from './output.ts';
import { parseCount } from './parsers.ts';
import { withProgress } from './progress.ts';
import { UsageError } from './usage.ts';

type ClassifyCommand = ModelOptions &
  ClassifierOptions & {
    probe?: string;
    prompts?: boolean;
    top: number;
    exifRotate?: boolean;
    workers: number | 'auto';
  };

export function addClassify(program: Command): void {
  const command = program
    .command('classify')
    .summary('say which label fits a picture best')
    .description('Compare pictures with labels, zero-shot: each label is put into the templates, and the closest wins.')
    .argument('<pictures...>', 'picture files and folders');
  addClassifierOptions(addModelOptions(command))
    .addOption(probeOption())
    .option('--prompts', 'show what each template says, and which of them make the answer')
    .option('-k, --top <count>', 'labels to show', parseCount, 5)
    .addOption(workersOption())
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --labels "cat,dog,diagram"\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --labels "cat,dog" --template-set openai-7 --prompts\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --classifier classifier.safetensors\n  $ clip-tfjs classify photo.jpg --model clip-vit-base-patch32 --probe probe.safetensors',
    )
    .action(run);
}

async function run(paths: string[], options: ClassifyCommand): Promise<void> {
  if (options.probe !== undefined) return classifyByProbe(paths, { ...options, probe: options.probe });
  const plan = await planClassifier(options);
  const { classes, templates } = plan;
  if (options.prompts && classes.length < 2)
    throw new UsageError('Cannot show prompts: expected at least two labels, or nothing is decided');
  const { files, failed, skip } = await findClassified(paths);
  if (isAlwaysRight(plan, options))
    console.error(
      'note: there is one label, which gets 100 % whatever a picture shows; give others to compare it with, or --background, --threshold or --independent',
    );
  const clip = await openClip(options);
  const { ensemble, classifier } = await withProgress('prompts', options.json, async (onProgress) => {
    if (!options.prompts) return { ensemble: undefined, classifier: await plan.build(clip, onProgress) };
    const apart = await buildPromptEnsemble(clip, classes, { templates, onProgress });
    return { ensemble: apart, classifier: classifierOf(apart) };
  });
  const results: Answer[] = [];
  const { exifRotate = false, workers, threshold, top } = options;
  for await (const { path, embedding, error } of embedFiles(clip, files, { exifRotate, workers })) {
    if (error) {
      skip(path, error);
      continue;
    }
    if (plan.isIndependent) {
      const labels = judge(embedding, classifier, clip.logitScale).sort((one, other) => other.score - one.score);
      results.push({ path, labels });
      if (!options.json) console.log(describeLabels(path, labels, top));
      continue;
    }
    const result = rank(embedding, classifier, clip.logitScale, threshold);
    const prompts = ensemble && explainPrompts(embedding, ensemble, clip.logitScale);
    results.push({ path, ...result, ...(prompts && { prompts }) });
    if (options.json) continue;
    console.log(describeAnswer(path, result, top));
    if (prompts) console.log(describePrompts(prompts));
  }
  if (results.length === 0 || failed.some(({ path }) => paths.includes(path))) process.exitCode = 1;
  if (options.json)
    printJson({
      model: options.model,
      templates,
      classifier: options.classifier ?? null,
      threshold: threshold ?? null,
      rejection: classifier.rejection ?? null,
      background: classifier.background?.prompts ?? null,
      results: results.map((answer) => jsonOf(answer, top)),
      failed,
    });
  clip.dispose();
}

/** One label alone, and nothing that could speak against it. */
function isAlwaysRight(
  { classes, isIndependent }: ClassifierPlan,
  { background, threshold }: ClassifyCommand,
): boolean {
  return classes.length === 1 && !isIndependent && !background && threshold === undefined;
}

/** What is said of a picture: the best label, or which labels are true. */
type Answer =
  | ({ path: string; prompts?: PromptReport; labels?: undefined } & Classification)
  | { path: string; labels: IndependentLabel[] };

function jsonOf(answer: Answer, top: number): object {
  if (answer.labels) {
    const { path, labels } = answer;
    return {
      path,
      labels: labels.filter(({ isTrue }) => isTrue).map(({ label }) => label),
      ranked: labels.slice(0, top),
    };
  }
  const { path, best, ranked, decision, prompts } = answer;
  const shown = { path, best: best ?? null, ranked: ranked.slice(0, top), decision: decision ?? null };
  return { ...shown, ...(prompts && { prompts }) };
}
