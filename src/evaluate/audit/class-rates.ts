import {
  demographicParityDifference,
  equalizedOddsDifference,
  equalOpportunityDifference,
  type Gap,
  withoutSmallRates,
} from '../group-gaps.ts';
import { type GroupMetrics, groupMetrics } from '../groups.ts';
import type { Grouping } from './grouping.ts';
import { compareRates, type GroupRates, groupSamples } from './rates.ts';

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

/** The largest gaps of all classes that can be compared. */
export type WorstClasses = {
  attribute: string;
  demographicParityDifference: Worst;
  equalizedOddsDifference: Worst;
  equalOpportunityDifference: Worst;
};

/** The largest of all classes and whose it is; null where no class can be compared. */
export type Worst = { value: number; label: string } | null;

/** Every class, and the metrics of its groups that are large enough. */
type AllClasses = { attribute: string; rates: ClassRates[]; metrics: GroupMetrics[][] };

const mostClasses = 10;

export function classRates(
  classNames: readonly string[],
  grouping: Grouping,
  predicted: readonly number[],
  labels: readonly number[],
): AllClasses {
  const { attribute } = grouping;
  const samples = groupSamples(grouping, predicted, labels);
  const all = classNames.map((_, index) => groupMetrics(samples, index));
  const metrics = all.map(withoutSmallRates);
  const rates = all.map((groups, index): ClassRates => {
    const of = (name: 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate') =>
      compareRates(
        attribute,
        groups.map((entry) => ({ group: entry.group, rate: entry[name] })),
      );
    return {
      label: classNames[index] as string,
      attribute,
      selectionRate: of('selectionRate'),
      truePositiveRate: of('truePositiveRate'),
      falsePositiveRate: of('falsePositiveRate'),
      equalizedOddsDifference: equalizedOddsDifference(metrics[index] as GroupMetrics[]) ?? null,
    };
  });
  return { attribute, rates, metrics };
}

/** The classes whose selection rates differ most. */
export function mostUnequal(classes: readonly ClassRates[]): ClassRates[] {
  const gapOf = ({ selectionRate }: ClassRates) => selectionRate.gap?.value ?? -1;
  return classes.toSorted((one, other) => gapOf(other) - gapOf(one)).slice(0, mostClasses);
}

export function worstClasses({ attribute, rates, metrics }: AllClasses): WorstClasses {
  const worstOf = (gapOf: (groups: readonly GroupMetrics[]) => Gap): Worst => {
    let worst: Worst = null;
    for (const [at, { label }] of rates.entries()) {
      const value = gapOf(metrics[at] as GroupMetrics[]);
      if (value !== undefined && (worst === null || value > worst.value)) worst = { value, label };
    }
    return worst;
  };
  return {
    attribute,
    demographicParityDifference: worstOf(demographicParityDifference),
    equalizedOddsDifference: worstOf(equalizedOddsDifference),
    equalOpportunityDifference: worstOf(equalOpportunityDifference),
  };
}
