import { type Command, Option } from 'commander';
import type { ClassPrompts } from '../classify/class-prompts.ts';
import type { Classifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { assertModel, type ClassifierFile, readClassifierFile } from '../node/classifier-file.ts';
import { parseCosine } from './parsers.ts';
import {
  addClassOptions,
  addTemplateOptions,
  type ClassOptions,
  readClassOptions,
  readTemplateOptions,
  refuseUnfitPrompts,
  type TemplateOptions,
} from './prompt-options.ts';
import { asUsage, UsageError } from './usage.ts';

/** How `classify` is told what to look for, and when to be silent. */
export type ClassifierOptions = ClassOptions &
  TemplateOptions & {
    classifier?: string;
    background?: boolean;
    independent?: boolean;
    threshold?: number;
    exifRotate?: boolean;
  };

export function addClassifierOptions(command: Command): Command {
  const ofItsOwn = [
    ...['labels', 'labelsFile', 'classesFile', 'template', 'templatesFile', 'templateSet'],
    ...['background', 'prompts'],
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
        'background',
      ]),
    )
    .option(
      '--threshold <cosine>',
      'the least similarity that counts; below it the answer is "I don\'t know"',
      parseCosine,
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
export async function planClassifier(options: ClassifierOptions & { model: string }): Promise<ClassifierPlan> {
  const { classifier: path, independent = false, threshold } = options;
  if (path !== undefined) {
    const { classifier, model } = await readKept(path, options.exifRotate, 'Cannot classify');
    const isIndependent = classifier.independence !== undefined;
    if (independent)
      throw new UsageError(
        isIndependent
          ? `Cannot use --independent: the labels of ${path} are independent already; leave --independent out`
          : `Cannot use --independent: the labels of ${path} were calibrated to compete; leave it out, or calibrate with --independent`,
      );
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
  await refuseUnfitPrompts(classes, templates, 'Cannot classify');
  const background = options.background || independent;
  const build = (clip: Clip, onProgress: (done: number, total: number) => void) =>
    cachedClassifier(clip, classes, { templates, background, onProgress });
  return { classes, templates, isIndependent: independent, build };
}

/**
 * A classifier that `calibrate` wrote.
 * @param exifRotate whether pictures are turned now
 * @throws UsageError on what is none, and where it was calibrated on pictures that were read otherwise
 */
export async function readKept(path: string, exifRotate = false, action: string): Promise<ClassifierFile> {
  const file = await asUsage(() => readClassifierFile(path));
  const calibrated = file.classifier.exifRotate ?? exifRotate;
  if (calibrated !== exifRotate)
    throw new UsageError(
      `${action}: ${path} was calibrated ${calibrated ? 'with' : 'without'} --exif-rotate; ${calibrated ? 'give it here too' : 'leave it out, or calibrate with it'}`,
    );
  return file;
}
