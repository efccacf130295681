import { uniformNumbers } from '../random.ts';
import { type Interval, quantile } from './intervals.ts';

/**
 * The percentile bootstrap of a figure of two samples, such as an AUROC: each is drawn anew, with replacement, by itself, so their
 * sizes stay (Efron and Tibshirani 1993, section 8.3 and chapter 13).
 */
export function twoSampleInterval<T>(
  figure: (one: readonly T[], other: readonly T[]) => number,
  one: readonly T[],
  other: readonly T[],
  { seed, samples = 1000, level = 0.95 }: { seed: number; samples?: number; level?: number },
): Interval {
  const uniform = uniformNumbers(seed);
  const drawn = (values: readonly T[]) => values.map(() => values[Math.floor(uniform() * values.length)] as T);
  const figures = Float64Array.from({ length: samples }, () => figure(drawn(one), drawn(other))).sort();
  return { low: quantile(figures, (1 - level) / 2), high: quantile(figures, (1 + level) / 2) };
}
