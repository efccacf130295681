import { argmax, confusionMatrix, confusionPairs, meanPerClassRecall, topKAccuracy } from '../accuracy.ts';
import type { Rate } from '../groups.ts';
import { bootstrapInterval } from '../intervals.ts';
import type { Grouping } from './grouping.ts';
import { type GroupRates, overallRate, ratesByGroup } from './rates.ts';

/** A figure that is no share, with a bootstrap interval of 95 %. */
export type Estimate = { value: number; low: number; high: number };

/** One class against all others, group by group; the gaps are those of fairlearn. */
export type ClassRates = {
  label: string;
  attribute: string;
  /** Share of a group that gets this label. Its gap is the demographic parity difference. */
  selectionRate: GroupRates;
  /** Of the pictures of this class, how many get it. Its gap is the equal opportunity difference. */
  truePositiveRate: GroupRates;
  /** Of the pictures of other classes, how many get it. */
  falsePositiveRate: GroupRates;
  /** The larger gap of the two; null where either is not known. */
  equalizedOddsDifference: number | null;
};

/** Part A: how often the classes are right, and for whom. */
export type AccuracySection = {
  accuracy: Rate;
  /** Of all classes, where there are fewer than five. */
  top5: Rate;
  meanPerClassRecall: Estimate;
  confusions: { label: string; predicted: string; count: number; share: number }[];
  byGroup: GroupRates[];
  /** Classes whose selection rates differ most between groups. */
  byClass: ClassRates[];
  /** How many classes were compared per attribute; `byClass` shows the most unequal. */
  worst: {
    attribute: string;
    demographicParityDifference: Worst;
    equalizedOddsDifference: Worst;
    equalOpportunityDifference: Worst;
  }[];
  /** What remains of the answers, and how right they are, where less probable ones are not given. */
  thresholds: {
    threshold: number;
    answered: Rate;
    answeredByGroup: GroupRates[];
    accuracy: Rate;
    byGroup: GroupRates[];
  }[];
};

/** The largest of all classes and whose it is; null where no class can be compared. */
export type Worst = { value: number; label: string } | null;

const mostConfusions = 10;
const mostClasses = 10;

/**
 * @param scores cosines, one row per picture with one value per class
 * @param confidences the highest probability of each picture
 */
export function accuracySection(
  classNames: readonly string[],
  scores: readonly Float32Array[],
  labels: readonly number[],
  groupings: readonly Grouping[],
  { confidences, thresholds, seed }: { confidences: readonly number[]; thresholds: readonly number[]; seed: number },
): AccuracySection {
  const predicted = scores.map((row) => argmax(row));
  const count = labels.length;
  const isRight = (row: number) => predicted[row] === labels[row];
  const most = Math.min(5, classNames.length);
  const inTop5 = scores.map((row, at) => topKAccuracy([row], [labels[at] as number], most) === 1);
  const recallOf = (rows: ArrayLike<number>) =>
    meanPerClassRecall(
      Array.from(rows, (row) => predicted[row] as number),
      Array.from(rows, (row) => labels[row] as number),
    );
  const matrix = confusionMatrix(predicted, labels, classNames.length);
  const perClass = groupings.map((grouping) =>
    classNames.map((label, index) => classRates(label, index, grouping, predicted, labels)),
  );
  return {
    accuracy: overallRate(count, isRight),
    top5: overallRate(count, (row) => inTop5[row] as boolean),
    meanPerClassRecall: {
      value: meanPerClassRecall(predicted, labels),
      ...bootstrapInterval(recallOf, count, { seed }),
    },
    confusions: confusionPairs(matrix, mostConfusions).map((pair) => ({
      ...pair,
      label: classNames[pair.label] as string,
      predicted: classNames[pair.predicted] as string,
    })),
    byGroup: groupings.map((grouping) => ratesByGroup(grouping, isRight)),
    byClass: perClass.flatMap((classes) => mostUnequal(classes)),
    worst: perClass.map((classes, at) => ({
      attribute: (groupings[at] as Grouping).attribute,
      demographicParityDifference: worstOf(classes, ({ selectionRate }) => selectionRate.gap?.value ?? null),
      equalizedOddsDifference: worstOf(classes, ({ equalizedOddsDifference }) => equalizedOddsDifference),
      equalOpportunityDifference: worstOf(classes, ({ truePositiveRate }) => truePositiveRate.gap?.value ?? null),
    })),
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

function classRates(
  label: string,
  index: number,
  grouping: Grouping,
  predicted: readonly number[],
  labels: readonly number[],
): ClassRates {
  const isChosen = (row: number) => predicted[row] === index;
  const isOfClass = (row: number) => labels[row] === index;
  const truePositiveRate = ratesByGroup(grouping, isChosen, isOfClass);
  const falsePositiveRate = ratesByGroup(grouping, isChosen, (row) => !isOfClass(row));
  const [truths, falsehoods] = [truePositiveRate.gap, falsePositiveRate.gap];
  return {
    label,
    attribute: grouping.attribute,
    selectionRate: ratesByGroup(grouping, isChosen),
    truePositiveRate,
    falsePositiveRate,
    equalizedOddsDifference: truths && falsehoods ? Math.max(truths.value, falsehoods.value) : null,
  };
}

function mostUnequal(classes: readonly ClassRates[]): ClassRates[] {
  const gapOf = ({ selectionRate }: ClassRates) => selectionRate.gap?.value ?? -1;
  return classes.toSorted((one, other) => gapOf(other) - gapOf(one)).slice(0, mostClasses);
}

function worstOf(classes: readonly ClassRates[], read: (rates: ClassRates) => number | null): Worst {
  let worst: Worst = null;
  for (const rates of classes) {
    const value = read(rates);
    if (value !== null && (worst === null || value > worst.value)) worst = { value, label: rates.label };
  }
  return worst;
}
