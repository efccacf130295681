import { classPlaces } from '../classify/class-prompts.ts';
import { type AnswerFigures, answerFigures } from '../evaluate/answers.ts';
import { thinCurve } from '../evaluate/thin-curve.ts';
import { evaluateZeroShot, type ZeroShotEvaluation } from '../evaluate/zero-shot.ts';
import { dataHash } from '../node/data-hash.ts';
import { embedLabelled, readLabelledPictures } from '../node/labelled-pictures.ts';
import { modelHash } from '../node/model-hash.ts';
import { zeroShotSections } from '../node/zero-shot-report.ts';
import { answersSection, answersTable } from './describe-answered.ts';
import { labelsOf, refuseUnfitLabels } from './evaluate-labels.ts';
import { type EvaluateCommand, tellBad } from './evaluate-options.ts';
import { planEvaluated } from './evaluated-classifier.ts';
import { runFacts, writeEvaluationReport } from './evaluation-report.ts';
import { figureTable } from './figure-table.ts';
import { skippedLine, tellLeftOut } from './left-out.ts';
import { openClip } from './options.ts';
import { printJson, table } from './output.ts';
import { withProgress } from './progress.ts';
import { asUsage } from './usage.ts';

const action = 'Cannot evaluate';

/** `evaluate --task classification`: what a classifier of the labels says of each picture, beside what it is. */
export async function evaluateClassification(data: string, options: EvaluateCommand): Promise<void> {
  const { imageColumn, labelColumn, workers, exifRotate = false, json = false } = options;
  const columns = { ...(imageColumn && { imageColumn }), ...(labelColumn && { labelColumn }) };
  const { pictures: named, bad } = await asUsage(() => readLabelledPictures(data, columns));
  const { classes, templates, build } = await planEvaluated(options, labelsOf(named), action);
  await refuseUnfitLabels(named, classes, action);
  const places = classPlaces(classes);
  tellBad(bad);

  const clip = await openClip(options);
  const classifier = await withProgress('prompts', json, (onProgress) => build(clip, onProgress));
  const placeOf = new Map(named.map(({ path, place }) => [path, place]));
  const skip = (path: string, { message: reason }: Error) => {
    bad.push({ place: placeOf.get(path) ?? path, reason: reason.includes(path) ? reason : `${path}: ${reason}` });
    console.error(skippedLine(path, reason));
  };
  const { pictures, embeddings } = await withProgress('pictures', json, (onProgress) =>
    embedLabelled(clip, named, { workers, exifRotate, skip, onProgress }),
  );
  if (pictures.length === 0) throw new Error(`${action}: none of ${named.length} pictures could be read, see above`);
  const labelled = { embeddings, labels: pictures.map(({ label }) => places.get(label) as number) };
  const evaluation = evaluateZeroShot(labelled, classifier, classifier.rejection?.logitScale ?? clip.logitScale);
  const answers = options.classifier === undefined ? undefined : answerFigures(labelled, classifier, clip.logitScale);
  const hashed = pictures.map(({ path, label }) => ({ path, texts: [label] }));
  const facts = runFacts({ modelHash: await modelHash(clip), dataHash: await dataHash(hashed) });
  clip.dispose();

  if (options.report !== undefined)
    await writeEvaluationReport(options.report, data, options.model, {
      title: 'Zero-shot classification',
      sections: [
        ...(answers ? [answersSection(answers)] : []),
        ...(await zeroShotSections(evaluation, classifier.classNames, pictures, exifRotate)),
      ],
      facts,
      more: [
        ['templates', templates.join(' | ')],
        ...(options.classifier === undefined ? [] : [['classifier', options.classifier] as const]),
      ],
      bad,
    });
  const kept = answers && {
    classifier: options.classifier,
    rejection: classifier.rejection ?? null,
    background: classifier.background?.prompts ?? null,
    answered: answers,
  };
  if (json) {
    const result = jsonOf(data, options.model, evaluation, facts.modelHash);
    printJson({ ...result, ...kept, templates, ...facts, bad });
  } else console.log(describe(evaluation, templates.length, answers));
  tellLeftOut(bad.length, json);
}

/** CLIP_benchmark's fields, and ours beside them; not the single answers. */
function jsonOf(dataset: string, model: string, evaluation: ZeroShotEvaluation, hash: string): object {
  const { metrics, answers, riskCoverage, ...rest } = evaluation;
  const pretrained = hash.slice(0, 12);
  return {
    dataset,
    model,
    pretrained,
    task: 'zeroshot_classification',
    metrics,
    language: null,
    ...rest,
    riskCoverage: thinCurve(riskCoverage),
  };
}

function describe(evaluation: ZeroShotEvaluation, templateCount: number, answers: AnswerFigures | undefined): string {
  const { count, classCount, metrics, intervals, calibration, confusions } = evaluation;
  const figures = figureTable([
    ['top-1 accuracy', metrics.acc1, intervals.acc1],
    ...(classCount > 5 ? ([['top-5 accuracy', metrics.acc5, intervals.acc5]] as const) : []),
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
  const said = answers ? `\n${answersTable(answers)}` : '';
  return `${head}\n${figures}${said}${mistakes.length === 0 ? '' : `\nmost frequent mistakes\n${table(mistakes)}`}`;
}
