import { type ClassPrompts, promptsOf, toClasses } from '../classify/class-prompts.ts';
import type { Classifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { assertModel } from '../node/classifier-file.ts';
import { announceLongTexts } from '../node/long-texts.ts';
import { readKept } from './classifier-options.ts';
import type { EvaluateCommand } from './evaluate-options.ts';
import { readClassOptions, readTemplateOptions, refuseUnfitPrompts } from './prompt-options.ts';
import { UsageError } from './usage.ts';

/** What is evaluated, before a model is loaded. */
export type EvaluatedPlan = {
  classes: readonly (string | ClassPrompts)[];
  templates: readonly string[];
  build: (clip: Clip, onProgress: (done: number, total: number) => void) => Promise<Classifier>;
};

/**
 * A classifier that was kept, or one of the classes that are given, or else of the labels of the data.
 * @throws UsageError on what no classifier can be made of
 */
export async function planEvaluated(
  options: EvaluateCommand,
  labelsOfData: readonly string[],
  action: string,
): Promise<EvaluatedPlan> {
  const { classifier: path, exifRotate, labels, labelsFile, classesFile } = options;
  if (path !== undefined) {
    const { classifier, model } = await readKept(path, exifRotate, action);
    if (classifier.independence)
      throw new UsageError(
        `${action}: the labels of ${path} are independent, so none is the one answer; 'clip-tfjs calibrate --independent' has measured them`,
      );
    const build = async (clip: Clip) => {
      await assertModel(path, model, clip);
      return classifier;
    };
    return { classes: classifier.classNames, templates: classifier.templates, build };
  }
  const areGiven = [labels, labelsFile, classesFile].some((option) => option !== undefined);
  const classes = areGiven ? await readClassOptions(options, action) : labelsOfData;
  const templates = await readTemplateOptions(options, action);
  await refuseUnfitPrompts(classes, templates, action);
  const build = async (clip: Clip, onProgress: (done: number, total: number) => void) => {
    const prompts = toClasses(classes, templates).flatMap((entry) => promptsOf(entry, templates));
    await announceLongTexts(prompts, clip.tokenizer, 'prompts');
    return cachedClassifier(clip, classes, { templates, truncate: true, onProgress });
  };
  return { classes, templates, build };
}
