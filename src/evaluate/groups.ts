import { assertSameCount } from './check-samples.ts';
import { type Interval, wilsonInterval } from './intervals.ts';

/** A sample of a group that the user has annotated; `label` and `predicted` are indices of classes. */
export type GroupSample = { group: string; label: number; predicted: number };

/** A proportion with Wilson's interval; the value of 0 of 0 is NaN, its interval 0 to 1. */
export type Rate = Interval & { value: number; successes: number; count: number };

/** What happens to the samples of one group; the names are fairlearn's. */
export type GroupMetrics = {
  group: string;
  count: number;
  /** Fewer samples than a proportion can be judged by. */
  insufficient: boolean;
  accuracy: Rate;
  /** Of all samples, those that got the positive class. */
  selectionRate: Rate;
  /** Of the samples of the positive class, those that got it. */
  truePositiveRate: Rate;
  /** Of the other samples, those that got it. */
  falsePositiveRate: Rate;
};

/** Fewer samples than this say too little of a group. */
export const leastGroupCount = 30;

/**
 * Accuracy of each group, and rates of one class as the positive one (fairlearn's MetricFrame).
 * @param samples one or more
 * @param positive the class that matters, e.g. that of a wanted or a harmful outcome
 * @param level of confidence of the intervals
 * @returns the groups by name
 */
export function groupMetrics(samples: readonly GroupSample[], positive: number, level = 0.95): GroupMetrics[] {
  assertSameCount('compare groups', { samples: samples.length });
  const groups = new Map<string, { right: number; positives: [number, number]; negatives: [number, number] }>();
  for (const { group, label, predicted } of samples) {
    const counts = groups.get(group) ?? { right: 0, positives: [0, 0], negatives: [0, 0] };
    groups.set(group, counts);
    const row = label === positive ? counts.positives : counts.negatives;
    row[0] += Number(predicted === positive);
    row[1]++;
    counts.right += Number(label === predicted);
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([group, { right, positives, negatives }]) => {
      const count = positives[1] + negatives[1];
      return {
        group,
        count,
        insufficient: count < leastGroupCount,
        accuracy: rateOf(right, count, level),
        selectionRate: rateOf(positives[0] + negatives[0], count, level),
        truePositiveRate: rateOf(...positives, level),
        falsePositiveRate: rateOf(...negatives, level),
      };
    });
}

/** A proportion with Wilson's interval. */
export function rateOf(successes: number, count: number, level = 0.95): Rate {
  return { value: successes / count, successes, count, ...wilsonInterval(successes, count, level) };
}
