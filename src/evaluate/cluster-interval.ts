import { assertSameCount } from './check-samples.ts';
import { type Interval, shareInterval } from './intervals.ts';

/**
 * Interval of a share of samples that come in clusters, as several captions of one picture do, which fare alike: Wilson's, for as many
 * independent samples as they are worth. That is their number over the design effect, the variance of the share of clusters against
 * that of independent samples (Kish 1965, Survey Sampling; Korn and Graubard 1998), and never more than their number.
 * @param isRight of each sample
 * @param clusters which cluster each sample is of, by any numbers
 */
export function clusterInterval(isRight: readonly boolean[], clusters: readonly number[], level = 0.95): Interval {
  assertSameCount('compute an interval', { outcomes: isRight.length, clusters: clusters.length });
  const sums = new Map<number, { all: number; right: number }>();
  for (const [sample, cluster] of clusters.entries()) {
    const { all, right } = sums.get(cluster) ?? { all: 0, right: 0 };
    sums.set(cluster, { all: all + 1, right: right + Number(isRight[sample]) });
  }
  const count = isRight.length;
  const share = isRight.filter(Boolean).length / count;
  const { low, high } = shareInterval(share, worth([...sums.values()], count, share), level);
  return { low: share === 0 ? 0 : low, high: share === 1 ? 1 : high }; // exact there, but for rounding
}

function worth(clusters: readonly { all: number; right: number }[], count: number, share: number): number {
  // No spread is seen, or cannot be: as if all samples of a cluster were one.
  if (share === 0 || share === 1 || clusters.length === 1)
    return count ** 2 / clusters.reduce((sum, { all }) => sum + all ** 2, 0);
  const squares = clusters.reduce((sum, { all, right }) => sum + (right - share * all) ** 2, 0);
  const variance = ((clusters.length / (clusters.length - 1)) * squares) / count ** 2;
  const independent = (share * (1 - share)) / (count - 1);
  return count / Math.max(1, variance / independent);
}
