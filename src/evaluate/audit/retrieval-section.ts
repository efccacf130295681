import { rankOf } from '../../search/recall.ts';
import { cosineRows } from '../cosines.ts';
import { leastGroupCount } from '../groups.ts';
import { groupShares, maxSkew, minSkew, ndkl } from '../skew.ts';
import type { AuditData } from './audit-data.ts';
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
    /** Of a group's pictures: how many have their own class among the first classes; null where these are all classes. */
    imageToText: GroupRates[] | null;
    /**
     * Of the classes that a group's pictures have: how many find one of the group's pictures of theirs among the first; null
     * where these are all pictures.
     */
    textToImage: GroupRates[] | null;
  }[];
};

const depths = [10, 100, 1000];
const recallDepths = [1, 5, 10];

/** @param scores cosines, one row per picture with one value per class */
export function retrievalSection(data: AuditData, scores: readonly Float64Array[]): RetrievalSection {
  const { classNames, groupings, queries, labels } = data;
  const skew = queries ? groupings.flatMap((grouping) => skewsOf(data, queries, grouping)) : [];
  const labelRanks = scores.map((row, picture) => rankOf(row, (label) => label === labels[picture]));
  const searches = groupings.map((grouping) => classSearches(data, scores, grouping));
  return {
    skew,
    meanSkew: meansOf(skew),
    recall: recallDepths.map((at) => ({
      at,
      imageToText:
        at < classNames.length
          ? groupings.map((grouping) => ratesByGroup(grouping, (row) => (labelRanks[row] as number) <= at))
          : null,
      textToImage:
        at < labels.length ? groupings.map((grouping, index) => foundAmong(searches[index] ?? [], grouping, at)) : null,
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
    const cosines = scores[index] as Float64Array;
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

/** Where a search for a class finds the first picture of it that shows a group, from 1; ties as `rankOf` has them. */
type ClassSearch = { group: number; rank: number };

/** For each class and each group that has pictures of it. */
function classSearches(
  { classNames, labels }: AuditData,
  scores: readonly Float64Array[],
  { of }: Grouping,
): ClassSearch[] {
  const groups = classNames.map(() => new Set<number>());
  for (const [row, label] of labels.entries()) if ((of[row] as number) >= 0) groups[label]?.add(of[row] as number);
  return groups.flatMap((own, label) => {
    if (own.size === 0) return [];
    const column = Float64Array.from(scores, (row) => row[label] as number);
    return [...own].map((group) => ({
      group,
      rank: rankOf(column, (row) => labels[row] === label && of[row] === group),
    }));
  });
}

function foundAmong(searches: readonly ClassSearch[], { attribute, groups }: Grouping, at: number): GroupRates {
  const counted = groups.map((group) => ({ group, hits: 0, count: 0 }));
  for (const { group, rank } of searches) {
    const entry = counted[group] as (typeof counted)[number];
    entry.count++;
    if (rank <= at) entry.hits++;
  }
  return compareGroups(attribute, counted);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
