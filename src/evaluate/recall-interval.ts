import { assertSameCount } from './check-samples.ts';
import { type Interval, shareInterval } from './intervals.ts';

/**
 * Interval of the mean per-class recall m: Wilson's, for as many equal pictures as the mean of recalls is worth (the effective
 * sample size of surveys: Korn and Graubard 1998). The variance is that of a mean of K independent recalls,
 * Σ p (1 - p) / n / K², where each p is the class's recall after one more picture that is recognised as often as m says, or a
 * class with a single picture would seem to have no spread.
 *
 * An ordinary bootstrap over the pictures would miss a third of such classes in each draw, and be too narrow.
 */
export function recallInterval(predicted: readonly number[], labels: readonly number[], level = 0.95): Interval {
  assertSameCount('compute an interval', { predictions: predicted.length, labels: labels.length });
  const classes = new Map<number, { all: number; right: number }>();
  for (const [sample, label] of labels.entries()) {
    const { all, right } = classes.get(label) ?? { all: 0, right: 0 };
    classes.set(label, { all: all + 1, right: right + Number(predicted[sample] === label) });
  }
  const counts = [...classes.values()];
  const mean = counts.reduce((sum, { all, right }) => sum + right / all, 0) / counts.length;
  let [variance, inverse] = [0, 0];
  for (const { all, right } of counts) {
    const share = (right + mean) / (all + 1);
    // Where all classes have recall m, share (1 - share) is m (1 - m) times (all² + all + 1) / (all + 1)² on average.
    variance += (share * (1 - share) * (all + 1) ** 2) / (all ** 2 + all + 1) / all;
    inverse += 1 / all;
  }
  const isExtreme = mean === 0 || mean === 1; // no spread is seen: the pictures are worth what those of one recall are
  const worth = isExtreme ? 1 / inverse : (mean * (1 - mean)) / variance;
  return shareInterval(mean, worth * counts.length ** 2, level);
}
