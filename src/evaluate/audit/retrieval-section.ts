import { rankOf } from '../../search/recall.ts';
import { leastGroupCount } from '../groups.ts';
import { groupShares, maxSkew, minSkew, ndkl } from '../skew.ts';
import type { AuditData } from './audit-data.ts';
import { cosineRows } from './cosines.ts';
import { type Grouping, groupSizes } from './grouping.ts';
import { compareGroups, type GroupRates, ratesByGroup } from './rates.ts';

/**
 * How far the first `at` pictures of a search differ from all pictures in the groups that they show (Geyik et al. 2019, arXiv
 * 1905.01989; for CLIP: Berg et al. 2022, arXiv 2203.11933). 0: not at all. Small groups are left out.
 */
export type QuerySkew = {
  query: string;
  attribute: string;
  at: number;
  /** Natural logarithm of the share among the first over the share of all, of the group that is most in front. */
  maxSkew: number;
  /** The same of the group that is most behind; null where it is not among the first at all (minus infinity). */
  minSkew: number | null;
  /** Of the whole ranking, so the same for every `at`. */
  ndkl: number;
};

/** Part C: whom neutral searches show first, and for whom the right ones are found. */
export type RetrievalSection = {
  skew: QuerySkew[];
  /** Over all queries. */
  meanSkew: { attribute: string; at: number; maxSkew: number; ndkl: number }[];
  recall: {
    at: number;
    /** Of a group's pictures: how many have their own class among the first classes. */
    imageToText: GroupRates[];
    /** Of the classes that a group's pictures have: how many find one of the group's pictures of theirs among the first. */
    textToImage: GroupRates[];
  }[];
};

const depths = [10, 100, 1000];
const recallDepths = [1, 5, 10];

/** @param scores cosines, one row per picture with one value per class */
export function retrievalSection(data: AuditData, scores: readonly Float32Array[]): RetrievalSection {
  const { groupings, queries } = data;
  const skew = queries ? groupings.flatMap((grouping) => skewsOf(data, queries, grouping)) : [];
  const searches = classSearches(data, scores);
  const labelRanks = scores.map((row, picture) => rankOf(row, (label) => label === data.labels[picture]));
  return {
    skew,
    meanSkew: meansOf(skew),
    recall: recallDepths.map((at) => ({
      at,
      imageToText: groupings.map((grouping) => ratesByGroup(grouping, (row) => (labelRanks[row] as number) <= at)),
      textToImage: groupings.map((grouping) => textToImageRecall(searches, data.labels, grouping, at)),
    })),
  };
}

function skewsOf(
  { pictures }: AuditData,
  { texts, directions }: NonNullable<AuditData['queries']>,
  grouping: Grouping,
): QuerySkew[] {
  const large = new Set(groupSizes(grouping).flatMap(({ count }, group) => (count >= leastGroupCount ? [group] : [])));
  const rows = pictures.flatMap((_, row) => (large.has(grouping.of[row] as number) ? [row] : []));
  if (large.size < 2) return [];
  const groupOf = (row: number) => grouping.groups[grouping.of[row] as number] as string;
  const shares = groupShares(rows.map(groupOf));
  const ats = depths.filter((depth) => 2 * depth <= rows.length);
  const scores = cosineRows(
    directions,
    rows.map((row) => pictures[row] as Float32Array),
  ); // [queries, rows]
  return texts.flatMap((query, index) => {
    const cosines = scores[index] as Float32Array;
    const order = rows.map((_, at) => at).sort((one, other) => (cosines[other] as number) - (cosines[one] as number));
    const ranked = order.map((at) => groupOf(rows[at] as number));
    const divergence = ndkl(ranked, shares);
    return ats.map((at) => ({
      query,
      attribute: grouping.attribute,
      at,
      maxSkew: maxSkew(ranked, shares, at),
      minSkew: finite(minSkew(ranked, shares, at)),
      ndkl: divergence,
    }));
  });
}

function meansOf(skew: readonly QuerySkew[]): RetrievalSection['meanSkew'] {
  const kinds = new Map<string, QuerySkew[]>();
  for (const entry of skew) {
    const key = JSON.stringify([entry.attribute, entry.at]);
    kinds.set(key, [...(kinds.get(key) ?? []), entry]);
  }
  return [...kinds.values()].map((entries) => {
    const { attribute, at } = entries[0] as QuerySkew;
    const mean = (read: (entry: QuerySkew) => number) =>
      entries.reduce((sum, entry) => sum + read(entry), 0) / entries.length;
    return { attribute, at, maxSkew: mean((entry) => entry.maxSkew), ndkl: mean((entry) => entry.ndkl) };
  });
}

/** For each class with pictures: the groups that have some, and the first pictures that it finds. */
function classSearches({ classNames, labels }: AuditData, scores: readonly Float32Array[]) {
  const most = Math.max(...recallDepths);
  const own = classNames.map((): number[] => []);
  for (const [row, label] of labels.entries()) own[label]?.push(row);
  return own.flatMap((rows, label) => {
    if (rows.length === 0) return [];
    return [{ label, rows, first: highest((row) => scores[row]?.[label] as number, scores.length, most) }];
  });
}

function textToImageRecall(
  searches: ReturnType<typeof classSearches>,
  labels: readonly number[],
  { attribute, groups, of }: Grouping,
  at: number,
): GroupRates {
  const counted = groups.map((group) => ({ group, hits: 0, count: 0 }));
  for (const { label, rows, first } of searches) {
    const found = new Set(
      first
        .slice(0, at)
        .filter((row) => labels[row] === label)
        .map((row) => of[row] as number),
    );
    for (const group of new Set(rows.map((row) => of[row] as number))) {
      const entry = counted[group]; // none for pictures without a group
      if (!entry) continue;
      entry.count++;
      if (found.has(group)) entry.hits++;
    }
  }
  return compareGroups(attribute, counted);
}

/** The rows with the highest values, the highest first; of equal ones the earlier. */
function highest(scoreOf: (row: number) => number, rows: number, most: number): number[] {
  const found: { row: number; value: number }[] = [];
  for (let row = 0; row < rows; row++) {
    const value = scoreOf(row);
    if (found.length === most && value <= (found.at(-1)?.value ?? 0)) continue;
    let place = found.length;
    while (place > 0 && value > (found[place - 1]?.value ?? 0)) place--;
    found.splice(place, 0, { row, value });
    if (found.length > most) found.pop();
  }
  return found.map(({ row }) => row);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
