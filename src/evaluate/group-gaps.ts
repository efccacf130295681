import type { GroupMetrics } from './groups.ts';

type RateName = 'accuracy' | 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate';

/**
 * Gaps between groups, by fairlearn's names and definitions. Groups for which a rate is 0 of 0 are left out, where fairlearn
 * counts 0. With fewer than two groups left there is nothing to compare, and a gap is undefined, not 0: a gate must not pass
 * on it. Leave out insufficient groups first where they should not decide.
 */
export type Gap = number | undefined;

/** Greatest less least selection rate, 0 to 1. */
export function demographicParityDifference(groups: readonly GroupMetrics[]): Gap {
  return difference(groups, 'selectionRate');
}

/** Least by greatest selection rate, 0 to 1; 1 is parity. NaN where no group is selected. */
export function demographicParityRatio(groups: readonly GroupMetrics[]): Gap {
  return ratio(groups, 'selectionRate');
}

/** The greater of the gaps of true and false positive rates, 0 to 1 (Hardt, Price and Srebro 2016); undefined where either is. */
export function equalizedOddsDifference(groups: readonly GroupMetrics[]): Gap {
  const [hits, alarms] = [difference(groups, 'truePositiveRate'), difference(groups, 'falsePositiveRate')];
  return hits === undefined || alarms === undefined ? undefined : Math.max(hits, alarms);
}

/** Greatest less least true positive rate, 0 to 1 (Hardt, Price and Srebro 2016). */
export function equalOpportunityDifference(groups: readonly GroupMetrics[]): Gap {
  return difference(groups, 'truePositiveRate');
}

/** Greatest less least accuracy, 0 to 1. */
export function accuracyGap(groups: readonly GroupMetrics[]): Gap {
  return difference(groups, 'accuracy');
}

/** Least by greatest accuracy, 0 to 1; 1 is parity. NaN where no group has any right. */
export function accuracyRatio(groups: readonly GroupMetrics[]): Gap {
  return ratio(groups, 'accuracy');
}

function difference(groups: readonly GroupMetrics[], name: RateName): Gap {
  const values = known(groups, name);
  return values && Math.max(...values) - Math.min(...values);
}

function ratio(groups: readonly GroupMetrics[], name: RateName): Gap {
  const values = known(groups, name);
  return values && Math.min(...values) / Math.max(...values);
}

function known(groups: readonly GroupMetrics[], name: RateName): number[] | undefined {
  const values = groups.map((group) => group[name].value).filter((value) => !Number.isNaN(value));
  return values.length < 2 ? undefined : values;
}
