import { promptsOf, toClasses } from '../classify/class-prompts.ts';
import { evaluateZeroShot, type ZeroShotEvaluation } from '../evaluate/zero-shot.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { dataHash } from '../node/data-hash.ts';
import { embedLabelled, readLabelledPictures } from '../node/labelled-pictures.ts';
import { announceLongTexts } from '../node/long-texts.ts';
import { modelHash } from '../node/model-hash.ts';
import { zeroShotSections } from '../node/zero-shot-report.ts';
import { classPlaces, labelsOf, refuseUnfitLabels } from './evaluate-labels.ts';
import {
  type EvaluateCommand,
  figureTable,
  readData,
  runFacts,
  tellBad,
  writeEvaluationReport,
} from './evaluate-options.ts';
import { openClip } from './options.ts';
import { printJson, table } from './output.ts';
import { withProgress } from './progress.ts';
import { readClassOptions, readTemplateOptions, refuseUnfitPrompts } from './prompt-options.ts';

const action = 'Cannot evaluate';

/** `evaluate --task classification`: what a classifier of the labels says of each picture, beside what it is. */
export async function evaluateClassification(data: string, options: EvaluateCommand): Promise<void> {
  const {
    imageColumn,
    labelColumn,
    labels,
    labelsFile,
    classesFile,
    workers,
    exifRotate = false,
    json = false,
  } = options;
  const columns = { ...(imageColumn && { imageColumn }), ...(labelColumn && { labelColumn }) };
  const { pictures: named, bad } = await readData(readLabelledPictures(data, columns));
  const areGiven = [labels, labelsFile, classesFile].some((option) => option !== undefined);
  const classes = areGiven ? await readClassOptions(options, action) : labelsOf(named);
  const templates = await readTemplateOptions(options, action);
  refuseUnfitPrompts(classes, templates, action);
  const places = classPlaces(classes);
  refuseUnfitLabels(named, places, areGiven);
  tellBad(bad);

  const clip = await openClip(options);
  const prompts = toClasses(classes, templates).flatMap((entry) => promptsOf(entry, templates));
  announceLongTexts(prompts, clip.tokenizer, 'prompts');
  const classifier = await withProgress('prompts', json, (onProgress) =>
    cachedClassifier(clip, classes, { templates, truncate: true, onProgress }),
  );
  const placeOf = new Map(named.map(({ path, place }) => [path, place]));
  const skip = (path: string, { message: reason }: Error) => {
    bad.push({ place: placeOf.get(path) ?? path, reason: `${path}: ${reason}` });
    console.error(`skipped ${path}: ${reason}`);
  };
  const { pictures, embeddings } = await withProgress('pictures', json, (onProgress) =>
    embedLabelled(clip, named, { workers, exifRotate, skip, onProgress }),
  );
  if (pictures.length === 0) throw new Error(`${action}: none of ${named.length} pictures could be read, see above`);
  const rows = pictures.map(({ label }) => places.get(label) as number);
  const evaluation = evaluateZeroShot({ embeddings, labels: rows }, classifier, clip.logitScale);
  const hashed = pictures.map(({ path, label }) => ({ path, texts: [label] }));
  const facts = runFacts({ modelHash: await modelHash(clip), dataHash: await dataHash(hashed) });
  clip.dispose();

  if (options.report !== undefined)
    await writeEvaluationReport(options.report, data, options.model, {
      title: 'Zero-shot classification',
      sections: await zeroShotSections(evaluation, classifier.classNames, pictures, exifRotate),
      facts,
      more: [['templates', templates.join(' | ')]],
      bad,
    });
  if (json) printJson({ ...jsonOf(data, options.model, evaluation, facts.modelHash), templates, ...facts, bad });
  else console.log(describe(evaluation, templates.length));
}

/** Points of a curve that JSON has. */
const mostPoints = 200;

/** CLIP_benchmark's fields, and ours beside them; not the single answers. */
function jsonOf(dataset: string, model: string, evaluation: ZeroShotEvaluation, hash: string): object {
  const { metrics, answers, riskCoverage, ...rest } = evaluation;
  const every = Math.ceil(riskCoverage.length / mostPoints);
  const curve = riskCoverage.filter((_, index) => (riskCoverage.length - 1 - index) % every === 0);
  const pretrained = hash.slice(0, 12);
  return {
    dataset,
    model,
    pretrained,
    task: 'zeroshot_classification',
    metrics,
    language: 'en',
    ...rest,
    riskCoverage: curve,
  };
}

function describe(evaluation: ZeroShotEvaluation, templateCount: number): string {
  const { count, classCount, metrics, intervals, calibration, confusions } = evaluation;
  const figures = figureTable([
    ['top-1 accuracy', metrics.acc1, intervals.acc1],
    ['top-5 accuracy', metrics.acc5, intervals.acc5],
    ['mean per-class recall', metrics.mean_per_class_recall, intervals.mean_per_class_recall],
    ['mean confidence', calibration.meanConfidence],
    ['expected calibration error', calibration.ece],
  ]);
  const mistakes = confusions
    .slice(0, 5)
    .map(({ label, predicted, count: times, share }) => [
      `  ${label}`,
      `→ ${predicted}`,
      `${times} (${Math.round(100 * share)} %)`,
    ]);
  const head = `${count} pictures among ${classCount} classes, ${templateCount} ${templateCount === 1 ? 'template' : 'templates'}`;
  return `${head}\n${figures}${mistakes.length === 0 ? '' : `\nmost frequent mistakes\n${table(mistakes)}`}`;
}
