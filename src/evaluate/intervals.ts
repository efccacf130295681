import { uniformNumbers } from '../random.ts';
import { assertSameCount } from './check-samples.ts';
import { normalQuantile } from './normal-quantile.ts';

/** Where the true value lies, at the asked level of confidence. */
export type Interval = { low: number; high: number };

/**
 * Interval of a proportion by Wilson's score (1927): it holds its level for small counts and for proportions near 0 and 1,
 * where the textbook interval does not. Nothing known, i.e. a count of 0, gives 0 to 1.
 * @param successes 0 to count
 * @param level of confidence, in (0, 1)
 * @returns ends in [0, 1]
 */
export function wilsonInterval(successes: number, count: number, level = 0.95): Interval {
  assertSuccesses('compute an interval', successes, count);
  if (count === 0) return { low: 0, high: 1 };
  const { low, high } = shareInterval(successes / count, count, level);
  return { low: successes === 0 ? 0 : low, high: successes === count ? 1 : high }; // exact there, but for rounding
}

/**
 * Wilson's interval of a share that comes from weighed samples.
 * @param share 0 to 1
 * @param count above 0, not always whole: how many equal, independent samples they are worth
 */
export function shareInterval(share: number, count: number, level = 0.95): Interval {
  const z = normalQuantile((1 + level) / 2);
  // Brown, Cai and DasGupta 2001, formula 4.
  const divisor = 1 + z ** 2 / count;
  const centre = (share + z ** 2 / (2 * count)) / divisor;
  const half = (z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))) / divisor;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Interval of any figure by drawing the samples anew with replacement (Efron's percentile bootstrap, 1979): the middle
 * `level` of what the statistic gives. Draws for which the statistic is NaN, e.g. because a group is missing there, are left
 * out; when they are more than a twentieth, both ends are NaN.
 * @param statistic gets the indices of the drawn samples, 0 to count - 1; the array is used again for the next draw
 * @param count of samples, one or more
 * @param options `seed`: the same seed gives the same interval; `samples`: draws, 1,000; `level` of confidence: 0.95
 */
export function bootstrapInterval(
  statistic: (indices: Int32Array) => number,
  count: number,
  { seed, samples = 1000, level = 0.95 }: { seed: number; samples?: number; level?: number },
): Interval {
  const action = 'compute a bootstrap interval';
  assertSameCount(action, { samples: count });
  assertLevel(action, level);
  if (!Number.isInteger(samples) || samples < 1)
    throw new RangeError(`Cannot ${action}: expected one draw or more but got ${samples}; 1000 is usual`);
  const uniform = uniformNumbers(seed);
  const indices = new Int32Array(count);
  const values: number[] = [];
  for (let draw = 0; draw < samples; draw++) {
    for (let i = 0; i < count; i++) indices[i] = Math.floor(uniform() * count);
    const value = statistic(indices);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length < 0.95 * samples) return { low: Number.NaN, high: Number.NaN };
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/**
 * Interval of the ratio of two independent proportions, (successes / count) / (otherSuccesses / otherCount), by the normal
 * approximation of its logarithm (Katz et al. 1978). Where a proportion is 0 or 1, a half is first added to all successes and
 * failures (Haldane 1956; Anscombe 1956), or the formula would divide by 0 or be sure of a few samples; at 0 the end on that
 * side is 0 or Infinity.
 * @returns ratio (NaN for 0 / 0) and ends, 0 to Infinity
 */
export function ratioInterval(
  successes: number,
  count: number,
  otherSuccesses: number,
  otherCount: number,
  level = 0.95,
): Interval & { ratio: number } {
  const action = 'compare two proportions';
  assertSuccesses(action, successes, count);
  assertSuccesses(action, otherSuccesses, otherCount);
  assertSameCount(action, { samples: Math.min(count, otherCount) });
  const z = normalQuantile((1 + level) / 2);
  const cells = [successes, count - successes, otherSuccesses, otherCount - otherSuccesses];
  const more = cells.includes(0) ? 0.5 : 0;
  const [x, n, y, m] = [successes + more, count + 2 * more, otherSuccesses + more, otherCount + 2 * more];
  const log = Math.log(x / n / (y / m));
  const half = z * Math.sqrt(1 / x - 1 / n + 1 / y - 1 / m);
  return {
    ratio: successes / count / (otherSuccesses / otherCount),
    low: successes === 0 ? 0 : Math.exp(log - half),
    high: otherSuccesses === 0 ? Number.POSITIVE_INFINITY : Math.exp(log + half),
  };
}

/** Between the two neighbours in proportion, as numpy.quantile does by default. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (above - below) * (place - Math.floor(place));
}

function assertSuccesses(action: string, successes: number, count: number): void {
  if (Number.isInteger(count) && Number.isInteger(successes) && successes >= 0 && successes <= count) return;
  throw new RangeError(`Cannot ${action}: expected successes from 0 to the count but got ${successes} of ${count}`);
}

function assertLevel(action: string, level: number): void {
  if (level > 0 && level < 1) return;
  throw new RangeError(`Cannot ${action}: expected a level between 0 and 1 but got ${level}; 95 % is 0.95`);
}
