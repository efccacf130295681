import { argmax, meanPerClassRecall, topKAccuracy } from '../accuracy.ts';
import { frequentMistakes } from '../confusions.ts';
import type { Rate } from '../groups.ts';
import { recallInterval } from '../recall-interval.ts';
import type { Estimate } from '../shares.ts';
import { type ClassRates, classRates, mostUnequal, type WorstClasses, worstClasses } from './class-rates.ts';
import type { Grouping } from './grouping.ts';
import { type GroupRates, overallRate, ratesByGroup } from './rates.ts';

/** Part A: how often the classes are right, and for whom. */
export type AccuracySection = {
  accuracy: Rate;
  /** null with five classes or fewer, which are all among the first five. */
  top5: Rate | null;
  meanPerClassRecall: Estimate;
  /** Where the labels that only compete are left out; null where there are none, or one class would remain. */
  withoutOtherLabels: {
    accuracy: Rate;
    /** Share of pictures whose answer is another one then. */
    changed: Rate;
    byGroup: GroupRates[];
  } | null;
  confusions: { label: string; predicted: string; count: number; share: number }[];
  byGroup: GroupRates[];
  /** Classes whose selection rates differ most between groups. */
  byClass: ClassRates[];
  worst: WorstClasses[];
  /** What remains of the answers, and how right they are, where less probable ones are not given. */
  thresholds: {
    threshold: number;
    answered: Rate;
    answeredByGroup: GroupRates[];
    accuracy: Rate;
    byGroup: GroupRates[];
  }[];
};

type AccuracyOptions = { otherLabels: number; confidences: readonly number[]; thresholds: readonly number[] };

const mostConfusions = 10;

/**
 * @param scores cosines, one row per picture with one value per class
 * @param options `otherLabels`: so many of the classes, the last, have no pictures and only compete; `confidences`: the highest
 *   probability of each picture; `thresholds`: least probabilities of an answer
 */
export function accuracySection(
  classNames: readonly string[],
  scores: readonly Float64Array[],
  labels: readonly number[],
  groupings: readonly Grouping[],
  { otherLabels, confidences, thresholds }: AccuracyOptions,
): AccuracySection {
  const predicted = scores.map((row) => argmax(row));
  const count = labels.length;
  const isRight = (row: number) => predicted[row] === labels[row];
  const perClass = groupings.map((grouping) => classRates(classNames, grouping, predicted, labels));
  return {
    accuracy: overallRate(count, isRight),
    top5: classNames.length > 5 ? top5(scores, labels) : null,
    meanPerClassRecall: { value: meanPerClassRecall(predicted, labels), ...recallInterval(predicted, labels) },
    withoutOtherLabels:
      otherLabels > 0 && classNames.length - otherLabels > 1
        ? withoutOthers(scores, labels, groupings, otherLabels)
        : null,
    confusions: frequentMistakes(predicted, labels, mostConfusions).map((pair) => ({
      ...pair,
      label: classNames[pair.label] as string,
      predicted: classNames[pair.predicted] as string,
    })),
    byGroup: groupings.map((grouping) => ratesByGroup(grouping, isRight)),
    byClass: perClass.flatMap(({ rates }) => mostUnequal(rates)),
    worst: perClass.map(worstClasses),
    thresholds: thresholds.map((threshold) => {
      const isAnswered = (row: number) => (confidences[row] as number) >= threshold;
      return {
        threshold,
        answered: overallRate(count, isAnswered),
        answeredByGroup: groupings.map((grouping) => ratesByGroup(grouping, isAnswered)),
        accuracy: overallRate(count, isRight, isAnswered),
        byGroup: groupings.map((grouping) => ratesByGroup(grouping, isRight, isAnswered)),
      };
    }),
  };
}

function top5(scores: readonly Float64Array[], labels: readonly number[]): Rate {
  return overallRate(
    labels.length,
    (row) => topKAccuracy([scores[row] as Float64Array], [labels[row] as number], 5) === 1,
  );
}

/** What a model says depends on all labels that compete: the same pictures without those that have none. */
function withoutOthers(
  scores: readonly Float64Array[],
  labels: readonly number[],
  groupings: readonly Grouping[],
  otherLabels: number,
): AccuracySection['withoutOtherLabels'] {
  const answers = scores.map((row) => argmax(row.subarray(0, row.length - otherLabels)));
  const isRight = (row: number) => answers[row] === labels[row];
  return {
    accuracy: overallRate(labels.length, isRight),
    changed: overallRate(labels.length, (row) => answers[row] !== argmax(scores[row] as Float64Array)),
    byGroup: groupings.map((grouping) => ratesByGroup(grouping, isRight)),
  };
}
