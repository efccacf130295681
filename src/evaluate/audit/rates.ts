import { leastGroupCount, type Rate, rateOf } from '../groups.ts';
import { ratioInterval } from '../intervals.ts';
import type { Grouping } from './grouping.ts';

/** `insufficient`: fewer than 30 rows are counted, so the rate is shown and left out of gap, ratio and gates. */
export type GroupRate = { group: string; insufficient: boolean; rate: Rate };

/** Highest less lowest rate, from 0 to 1, and of which groups. */
export type RateGap = { value: number; low: number; high: number; highest: string; lowest: string };

/** Lowest rate divided by the highest, from 0 to 1, as fairlearn has it. */
export type RateRatio = { value: number; low: number; high: number };

/** One figure, group by group. `gap` and `ratio` are null where fewer than two groups are large enough. */
export type GroupRates = { attribute: string; groups: GroupRate[]; gap: RateGap | null; ratio: RateRatio | null };

/** The share of counted rows that are hits; NaN where none is counted. */
export function overallRate(
  rows: number,
  isHit: (row: number) => boolean,
  isCounted: (row: number) => boolean = always,
): Rate {
  let [hits, count] = [0, 0];
  for (let row = 0; row < rows; row++)
    if (isCounted(row)) {
      count++;
      if (isHit(row)) hits++;
    }
  return rateOf(hits, count);
}

/** The same for each group. Rows without a group are left out. */
export function ratesByGroup(
  { attribute, groups, of }: Grouping,
  isHit: (row: number) => boolean,
  isCounted: (row: number) => boolean = always,
): GroupRates {
  const [hits, counts] = [groups.map(() => 0), groups.map(() => 0)];
  for (const [row, group] of of.entries())
    if (group >= 0 && isCounted(row)) {
      counts[group] = (counts[group] as number) + 1;
      if (isHit(row)) hits[group] = (hits[group] as number) + 1;
    }
  return compareGroups(
    attribute,
    groups.map((group, at) => ({ group, hits: hits[at] as number, count: counts[at] as number })),
  );
}

/** Rates of groups from what was counted, with the gap and the ratio of the highest and the lowest. */
export function compareGroups(
  attribute: string,
  counted: readonly { group: string; hits: number; count: number }[],
): GroupRates {
  const groups = counted.map(({ group, hits, count }) => ({
    group,
    insufficient: count < leastGroupCount,
    rate: rateOf(hits, count),
  }));
  const large = groups.filter(({ insufficient }) => !insufficient);
  if (large.length < 2) return { attribute, groups, gap: null, ratio: null };
  const highest = large.reduce((most, entry) => (entry.rate.value > most.rate.value ? entry : most));
  const lowest = large.reduce((least, entry) => (entry.rate.value < least.rate.value ? entry : least));
  const gap = { ...differenceOf(highest.rate, lowest.rate), highest: highest.group, lowest: lowest.group };
  return { attribute, groups, gap, ratio: ratioOf(lowest.rate, highest.rate) };
}

/**
 * The difference of two independent shares and its interval: Newcombe's hybrid of two Wilson intervals (Statistics in
 * Medicine 17, 1998, method 10). It takes the pair as given; of many groups the most extreme pair differs by chance alone.
 */
export function differenceOf(one: Rate, other: Rate): { value: number; low: number; high: number } {
  const value = one.value - other.value;
  return {
    value,
    low: value - Math.hypot(one.value - one.low, other.high - other.value),
    high: value + Math.hypot(one.high - one.value, other.value - other.low),
  };
}

/** @returns null where both are 0 */
function ratioOf(lowest: Rate, highest: Rate): RateRatio | null {
  if (highest.successes === 0) return null;
  const { ratio, low, high } = ratioInterval(lowest.successes, lowest.count, highest.successes, highest.count);
  return { value: ratio, low, high };
}

function always(): boolean {
  return true;
}
