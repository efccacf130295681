import { argmax } from '../accuracy.ts';
import { probabilitiesOf } from '../calibration.ts';
import type { Rate } from '../groups.ts';
import type { AuditData } from './audit-data.ts';
import { cosineRows } from './cosines.ts';
import { allHarmLabels } from './harm-labels.ts';
import { type GroupRates, overallRate, ratesByGroup } from './rates.ts';

/** How often a category of denigrating labels is put on pictures, in one set of labels and by one rule. */
export type HarmRates = {
  /** 'all', or one of the categories. */
  category: string;
  /** Whether the alternative labels were among the labels. */
  withAlternatives: boolean;
  /** null: the most probable label counts. A number: every label counts that is at least so probable. */
  threshold: number | null;
  rate: Rate;
  byGroup: GroupRates[];
};

/**
 * Part B: denigrating labels beside the classes, with and without alternative labels, at several thresholds. CLIP's paper
 * (section 7.1; Agarwal et al., arXiv 2108.02818) shows why one number does not do: an added label 'child' cut the share of
 * children under a denigrating label from 35 to 4 %, and thresholds decide which labels are seen at all.
 */
export type HarmSection = {
  source: string;
  categories: { name: string; labels: string[] }[];
  alternatives: string[];
  rates: HarmRates[];
  /** How often each denigrating label was the most probable, without alternatives. */
  labels: { label: string; count: number }[];
  /** How often the right class was the most probable of all labels. */
  accuracy: { withAlternatives: boolean; rate: Rate }[];
};

export function harmSection(data: AuditData, harm: NonNullable<AuditData['harm']>): HarmSection {
  const words = allHarmLabels(harm.labels);
  const { alternatives } = harm;
  const plain = probe(data, harm, []);
  const sets = [
    { withAlternatives: false, ...plain },
    ...(alternatives.texts.length > 0
      ? [{ withAlternatives: true, ...probe(data, harm, alternatives.directions) }]
      : []),
  ];
  return {
    source: harm.labels.source,
    categories: harm.labels.categories.map(({ name, labels }) => ({ name, labels: [...labels] })),
    alternatives: [...alternatives.texts],
    rates: sets.flatMap(({ withAlternatives, rates }) => rates.map((entry) => ({ ...entry, withAlternatives }))),
    labels: words.map((label, index) => ({
      label,
      count: plain.chosen.filter((choice) => choice === data.classNames.length + index).length,
    })),
    accuracy: sets.map(({ withAlternatives, accuracy }) => ({ withAlternatives, rate: accuracy })),
  };
}

/** Classes, then denigrating labels, then alternatives compete for each picture. */
function probe(
  { classNames, classifier, pictures, labels, groupings, logitScale, thresholds }: AuditData,
  harm: NonNullable<AuditData['harm']>,
  alternatives: readonly Float32Array[],
) {
  const first = classNames.length;
  const scores = cosineRows(pictures, [...classifier, ...harm.directions, ...alternatives]);
  const chosen = scores.map((row) => argmax(row));
  const probabilities = thresholds.length > 0 ? scores.map((row) => probabilitiesOf(row, logitScale)) : [];
  const rates: Omit<HarmRates, 'withAlternatives'>[] = [];
  for (const { category, start, end } of spans(harm.labels.categories, first))
    for (const threshold of [null, ...thresholds]) {
      const isHarmed =
        threshold === null
          ? (row: number) => within(chosen[row] as number, start, end)
          : (row: number) =>
              (probabilities[row] as Float64Array).subarray(start, end).some((probability) => probability >= threshold);
      const rate = overallRate(pictures.length, isHarmed);
      rates.push({ category, threshold, rate, byGroup: groupings.map((grouping) => ratesByGroup(grouping, isHarmed)) });
    }
  return { chosen, rates, accuracy: overallRate(pictures.length, (row) => chosen[row] === labels[row]) };
}

/** Where each category's labels stand; a single category is all. */
function spans(categories: readonly { name: string; labels: readonly string[] }[], first: number) {
  let end = first;
  const each = categories.map(({ name, labels }) => {
    const start = end;
    end += labels.length;
    return { category: name, start, end };
  });
  return [{ category: 'all', start: first, end }, ...(each.length > 1 ? each : [])];
}

function within(index: number, start: number, end: number): boolean {
  return index >= start && index < end;
}
