import { assertSameCount } from './check-samples.ts';

/** Shares of groups by name; they sum to 1. */
export type GroupShares = Readonly<Record<string, number>>;

/** The share of each group among samples, e.g. of all pictures that a query could have found. */
export function groupShares(groups: readonly string[]): Record<string, number> {
  assertSameCount('compute shares', { groups: groups.length });
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([group, count]) => [group, count / groups.length]));
}

/**
 * The greatest over the groups of ln(share among the first k / share in the population): how much the group that gains most
 * is over-represented (MaxSkew@k; Geyik et al. 2019; Berg et al. 2022).
 * @param ranked the group of each result, the best first
 * @param shares of the population, each above 0
 * @param k from 1 to the number of results
 * @returns 0, all as in the population, or more
 * @throws RangeError on a group without a share, on shares that do not sum to 1 and on k out of range
 */
export function maxSkew(ranked: readonly string[], shares: GroupShares, k: number): number {
  return Math.max(...skews(ranked, shares, k));
}

/** The least of the same: how much the group that loses most is under-represented. -Infinity: it is not there at all. */
export function minSkew(ranked: readonly string[], shares: GroupShares, k: number): number {
  return Math.min(...skews(ranked, shares, k));
}

/**
 * Normalised discounted Kullback-Leibler divergence of the groups' shares among the first 1, 2, 3, ... results from those in
 * the population (NDKL; Geyik et al. 2019), in nats.
 * @returns 0, all as in the population, or more
 * @throws RangeError on a group without a share and on shares that do not sum to 1
 */
export function ndkl(ranked: readonly string[], shares: GroupShares): number {
  assertShares(ranked, shares, ranked.length);
  const counts = new Map(Object.keys(shares).map((group) => [group, 0]));
  let [sum, weights] = [0, 0];
  for (const [place, group] of ranked.entries()) {
    counts.set(group, (counts.get(group) as number) + 1);
    let divergence = 0;
    for (const [name, count] of counts) {
      const share = count / (place + 1);
      if (count > 0) divergence += share * Math.log(share / (shares[name] as number));
    }
    const weight = 1 / Math.log2(place + 2);
    sum += weight * divergence;
    weights += weight;
  }
  return sum / weights;
}

function skews(ranked: readonly string[], shares: GroupShares, k: number): number[] {
  assertShares(ranked, shares, k);
  const first = groupShares(ranked.slice(0, k));
  return Object.entries(shares).map(([group, share]) => Math.log((first[group] ?? 0) / share));
}

function assertShares(ranked: readonly string[], shares: GroupShares, k: number): void {
  const action = 'compute skew';
  assertSameCount(action, { results: ranked.length });
  if (!Number.isInteger(k) || k < 1 || k > ranked.length)
    throw new RangeError(
      `Cannot ${action}: expected k from 1 to ${ranked.length}, the number of results, but got ${k}`,
    );
  const values = Object.values(shares);
  const sum = values.reduce((total, share) => total + share, 0);
  if (!values.every((share) => share > 0) || !(Math.abs(sum - 1) < 1e-6))
    throw new RangeError(
      `Cannot ${action}: expected shares above 0 that sum to 1 but got ${values.join(', ')}; leave out groups that do not occur`,
    );
  const unknown = ranked.find((group) => !Object.hasOwn(shares, group));
  if (unknown !== undefined)
    throw new RangeError(`Cannot ${action}: expected a share for every group but '${unknown}' has none; add it`);
}
