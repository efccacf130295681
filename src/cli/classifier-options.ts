import { type Command, Option } from 'commander';
import type { ClassPrompts } from '../classify/class-prompts.ts';
import type { Classifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { assertModel, readClassifierFile } from '../node/classifier-file.ts';
import { parseNumber } from './parsers.ts';
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

/** How `classify` is told what to look for, and when to be silent. */
export type ClassifierOptions = ClassOptions &
  TemplateOptions & { classifier?: string; background?: boolean; independent?: boolean; threshold?: number };

export function addClassifierOptions(command: Command): Command {
  const ofItsOwn = [
    ...['labels', 'labelsFile', 'classesFile', 'template', 'templatesFile', 'templateSet'],
    ...['background', 'independent', 'prompts'],
  ];
  return addTemplateOptions(addClassOptions(command))
    .addOption(
      new Option(
        '--classifier <file>',
        'what `calibrate` wrote: labels, templates, and when to say "I don\'t know"',
      ).conflicts(ofItsOwn),
    )
    .addOption(
      new Option(
        '--background',
        'say "I don\'t know" where a neutral prompt (noise, a texture, ...) is nearer than every label',
      ).conflicts('prompts'),
    )
    .addOption(
      new Option('--independent', 'each label by itself, against neutral prompts: several may be true').conflicts([
        'threshold',
        'prompts',
      ]),
    )
    .option(
      '--threshold <cosine>',
      'the least similarity that counts; below it the answer is "I don\'t know"',
      parseNumber,
    );
}

/** What to look for, before a model is loaded. */
export type ClassifierPlan = {
  /** Empty where they come from a file. */
  classes: readonly (string | ClassPrompts)[];
  templates: readonly string[];
  isIndependent: boolean;
  build: (clip: Clip, onProgress: (done: number, total: number) => void) => Promise<Classifier>;
};

/** @throws UsageError on what no classifier can be made of */
export async function planClassifier(options: ClassifierOptions): Promise<ClassifierPlan> {
  const { classifier: path, independent = false, threshold } = options;
  if (path !== undefined) {
    const { classifier, model } = await readClassifierFile(path).catch((error: Error) => {
      throw new UsageError(error.message, { cause: error });
    });
    const isIndependent = classifier.independence !== undefined;
    if (isIndependent && threshold !== undefined)
      throw new UsageError(
        `Cannot use --threshold: the labels of ${path} are independent and have thresholds of their own`,
      );
    const build = async (clip: Clip) => {
      await assertModel(path, model, clip);
      return classifier;
    };
    return { classes: [], templates: classifier.templates, isIndependent, build };
  }
  const classes = await readClassOptions(options, 'Cannot classify');
  const templates = await readTemplateOptions(options, 'Cannot classify');
  refuseUnfitPrompts(classes, templates, 'Cannot classify');
  const background = options.background || independent;
  const build = (clip: Clip, onProgress: (done: number, total: number) => void) =>
    cachedClassifier(clip, classes, { templates, background, onProgress });
  return { classes, templates, isIndependent: independent, build };
}
