import { mostConfused } from '../evaluate/confusions.ts';
import { percent } from '../evaluate/percent.ts';
import type { ZeroShotEvaluation } from '../evaluate/zero-shot.ts';
import { figuresHtml, intervalText } from './evaluation-sections.ts';
import type { LabelledPicture } from './labelled-pictures.ts';
import { chartHtml, type Section, tableHtml } from './report.ts';
import { type Captioned, confusionHtml, noteHtml, picturesHtml, reliabilityHtml } from './report-figures.ts';
import { thumbnailOf } from './thumbnail.ts';

const mostMistakes = 24;
const matrixClasses = 20;
const mostClasses = 100;

/**
 * The figures of a zero-shot evaluation as sections of a report.
 * @param pictures in the order of the evaluation's answers
 */
export async function zeroShotSections(
  evaluation: ZeroShotEvaluation,
  classNames: readonly string[],
  pictures: readonly LabelledPicture[],
  exifRotate = false,
): Promise<Section[]> {
  const { metrics, intervals, count, classCount, calibration, aurc, answers, confusions } = evaluation;
  const chance = `guessing: ${percent(1 / classCount, 1)}`;
  const guess = `guessing: ${percent(5 / classCount, 1)}`;
  const top5 = { name: 'top-5 accuracy', value: metrics.acc5, interval: intervals.acc5, note: guess };
  const figures = [
    { name: 'top-1 accuracy', value: metrics.acc1, interval: intervals.acc1, note: chance },
    ...(classCount > 5 ? [top5] : []),
    {
      name: 'mean per-class recall',
      value: metrics.mean_per_class_recall,
      interval: intervals.mean_per_class_recall,
      note: 'every class counts alike',
    },
    {
      name: 'mean confidence',
      value: calibration.meanConfidence,
      note: 'of the first answers; equal to top-1 where it can be believed',
    },
    {
      name: 'expected calibration error',
      value: calibration.ece,
      note: `15 bins of equal width; of equal counts: ${percent(calibration.adaptiveEce, 1)}`,
    },
    { name: 'area under risk and coverage', value: aurc, note: 'mean risk over all coverages; low is good' },
  ];
  const wrong = answers.filter(({ isCorrect }) => !isCorrect).length;
  const part = mostConfused(
    answers.map(({ predicted }) => predicted),
    answers.map(({ label }) => label),
    classCount,
    matrixClasses,
  );
  const which =
    part.classes.length < classCount
      ? `the ${part.classes.length} most confused of ${classCount} classes`
      : 'all classes';
  const matrix = { ...part, classNames: part.classes.map((index) => classNames[index] as string) };
  return [
    { heading: `${count} pictures among ${classCount} classes`, html: figuresHtml(figures) },
    {
      heading: mistakesHeading(wrong),
      html: picturesHtml(await worstMistakes(evaluation, classNames, pictures, exifRotate)),
    },
    {
      heading: `What is taken for what: ${which}`,
      html: `${noteHtml('A row per class, a column per answer; the stronger the colour, the larger the share of the row.')}${confusionHtml(matrix)}`,
    },
    { heading: 'Most frequent mistakes', html: confusionTable(confusions) },
    {
      heading: 'Can its confidence be believed?',
      html: `${noteHtml(reliabilityNote(calibration, metrics.acc1))}${reliabilityHtml(calibration.reliability)}`,
    },
    { heading: 'What answering less would gain', html: riskCoverageHtml(evaluation) },
    classSection(evaluation),
  ];
}

function mistakesHeading(wrong: number): string {
  if (wrong < 2) return wrong === 0 ? 'Mistakes: none' : 'The one mistake';
  return `The ${wrong > mostMistakes ? `${mostMistakes} surest of ${wrong} mistakes` : `${wrong} mistakes, the surest first`}`;
}

/** The wrong answers with the greatest confidence. */
async function worstMistakes(
  { answers }: ZeroShotEvaluation,
  classNames: readonly string[],
  pictures: readonly LabelledPicture[],
  exifRotate: boolean,
): Promise<Captioned[]> {
  const wrong = [...answers.entries()].filter(([, { isCorrect }]) => !isCorrect);
  wrong.sort(([, one], [, other]) => other.confidence - one.confidence);
  const shown: Captioned[] = [];
  for (const [index, { label, predicted, confidence, labelProbability }] of wrong.slice(0, mostMistakes)) {
    const [is, was] = [classNames[label] as string, classNames[predicted] as string];
    const picture = await thumbnailOf((pictures[index] as LabelledPicture).path, `${is}, taken for ${was}`, exifRotate);
    shown.push({
      picture,
      lines: [is, `taken for ${was}`, `${percent(confidence)} sure; the right class: ${percent(labelProbability, 1)}`],
    });
  }
  return shown;
}

function confusionTable(confusions: ZeroShotEvaluation['confusions']): string {
  const rows = confusions.map(({ label, predicted, count, share }) => [
    label,
    predicted,
    String(count),
    percent(share),
  ]);
  return tableHtml([['class', 'taken for', 'pictures', 'of the class'], ...rows]);
}

function reliabilityNote({ meanConfidence, logitScale }: ZeroShotEvaluation['calibration'], acc1: number): string {
  const gap = meanConfidence - acc1;
  const way = Math.abs(gap) < 0.02 ? 'about as sure as right' : gap > 0 ? 'surer than right' : 'less sure than right';
  return `A blue bar is as high as the share of right answers at that confidence, a grey one shows how many answers there are, a dot the mean confidence. On the dashed line both are equal. On average the model is ${way}: ${percent(meanConfidence, 1)} sure, ${percent(acc1, 1)} right, with a multiplier of cosines of ${logitScale.toFixed(1)}.`;
}

function riskCoverageHtml({ riskCoverage, metrics }: ZeroShotEvaluation): string {
  const chart = chartHtml({
    title: 'Wrong answers (%), when only the surest share is answered',
    axis: 'pictures answered (%)',
    x: riskCoverage.map(({ coverage }) => 100 * coverage),
    lines: [{ label: 'wrong (%)', values: riskCoverage.map(({ risk }) => 100 * risk) }],
  });
  const least = [0.5, 0.75, 0.9].map((coverage) => {
    const point = riskCoverage.find((one) => one.coverage >= coverage);
    return (
      point &&
      `${percent(point.coverage)} answered (confidence from ${point.threshold.toFixed(3)}): ${percent(point.risk, 1)} wrong`
    );
  });
  return `${noteHtml(`${least.filter(Boolean).join('; ')}; all answered: ${percent(1 - metrics.acc1, 1)} wrong.`)}${chart}`;
}

function classSection({ classes }: ZeroShotEvaluation): Section {
  const worst = [...classes].sort((one, other) => one.recall - other.recall || other.count - one.count);
  const rows = worst
    .slice(0, mostClasses)
    .map(({ label, count, recall, interval, precision, confusedWith }) => [
      label,
      String(count),
      percent(recall),
      intervalText(interval),
      precision === null ? '–' : percent(precision),
      confusedWith ?? '',
    ]);
  const heading =
    classes.length > mostClasses
      ? `Classes: the ${mostClasses} worst of ${classes.length} that have pictures`
      : 'Classes, the worst first';
  return {
    heading,
    html: tableHtml([['class', 'pictures', 'recall', '95 % interval', 'precision', 'most often taken for'], ...rows]),
  };
}
