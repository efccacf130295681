import { assertFinite, assertSameCount, assertShare } from './check-samples.ts';

/**
 * Area under the ROC curve: the probability that a sample of the classes scores higher than one of none; ties count half
 * (Mann and Whitney's U / (n m)).
 * @param inScores of samples that belong to the classes: high is good
 * @param outScores of samples that belong to none
 * @returns 0 to 1; 0.5 is chance
 * @throws TypeError on an empty list, RangeError on a number that is not finite
 */
export function auroc(inScores: ArrayLike<number>, outScores: ArrayLike<number>): number {
  const [inside, outside] = [ascending('inScores', inScores), ascending('outScores', outScores)];
  let [below, upTo, sum] = [0, 0, 0];
  for (const score of inside) {
    while ((outside[below] as number) < score) below++;
    while ((outside[upTo] as number) <= score) upTo++;
    sum += (below + upTo) / 2;
  }
  return sum / (inside.length * outside.length);
}

/**
 * Area under the precision-recall curve with `inScores` as the positive ones: average precision, the mean of the precision at
 * each step of recall, without interpolation (scikit-learn's `average_precision_score`).
 * @returns 0 to 1; chance is the share of the positive ones
 * @throws TypeError on an empty list, RangeError on a number that is not finite
 */
export function aupr(inScores: ArrayLike<number>, outScores: ArrayLike<number>): number {
  const [inside, outside] = [ascending('inScores', inScores), ascending('outScores', outScores)];
  let [firstIn, firstOut, sum] = [inside.length, outside.length, 0];
  while (firstIn > 0) {
    const threshold = inside[firstIn - 1] as number;
    const before = firstIn;
    while ((inside[firstIn - 1] as number) >= threshold) firstIn--;
    while ((outside[firstOut - 1] as number) >= threshold) firstOut--;
    const accepted = inside.length - firstIn;
    sum += ((before - firstIn) * accepted) / (accepted + outside.length - firstOut);
  }
  return sum / inside.length;
}

/**
 * The share of `outScores` that is accepted when the threshold accepts the asked share of `inScores` or, in ties, more: FPR95
 * of the literature on samples out of distribution.
 * @returns 0 to 1; low is good
 */
export function falsePositiveRateAt(
  inScores: ArrayLike<number>,
  outScores: ArrayLike<number>,
  truePositiveRate = 0.95,
): number {
  assertShare('compare scores', 'a rate', truePositiveRate);
  const [inside, outside] = [ascending('inScores', inScores), ascending('outScores', outScores)];
  let wanted = 1;
  while (wanted / inside.length < truePositiveRate) wanted++;
  const threshold = inside[inside.length - wanted] as number;
  let accepted = 0;
  for (const score of outside) if (score >= threshold) accepted++;
  return accepted / outside.length;
}

/**
 * The lowest threshold at which a new sample of no class is accepted with at most the asked probability, where a score is accepted
 * that is at least the threshold, and the new sample is drawn as these were. Among n of them and the new one, each has the same chance
 * to be among the k highest: k / (n + 1). So floor(rate · (n + 1)) - 1 of these are accepted, in ties fewer: split conformal prediction
 * (Vovk, Gammerman and Shafer 2005; Angelopoulos and Bates 2023, arXiv 2107.07511, section 1). The probability is the mean over what
 * samples could have been drawn; what these give lies about it.
 * @param rate 0 to 1. With fewer samples than `picturesForRate(rate)` none of them is accepted, which may be more than the rate for new ones
 * @throws TypeError on an empty list, RangeError on a number that is not finite and on a rate out of range
 */
export function thresholdForFalseAccepts(outScores: ArrayLike<number>, rate: number): number {
  assertShare('find the threshold', 'a rate', rate);
  const outside = ascending('outScores', outScores);
  const count = outside.length;
  let rank = Math.floor(rate * (count + 1));
  if ((rank + 1) / (count + 1) <= rate)
    rank++; // the product was rounded below a whole number
  else if (rank / (count + 1) > rate) rank--;
  const refused = outside[count - Math.max(1, rank)];
  return refused === undefined ? (outside[0] as number) : nextAbove(refused);
}

/**
 * The highest threshold at which a new sample of the classes is accepted with at least the asked probability: ceil(coverage · (n + 1))
 * of these n are, by the reason that `thresholdForFalseAccepts` has.
 * @param coverage 0 to 1. With fewer samples than `picturesForRate(1 - coverage)` all of them are accepted, which may be less than the
 *   coverage for new ones
 * @throws TypeError on an empty list, RangeError on a number that is not finite and on a coverage out of range
 */
export function thresholdForCoverage(inScores: ArrayLike<number>, coverage: number): number {
  assertShare('find the threshold', 'a coverage', coverage);
  const inside = ascending('inScores', inScores);
  const count = inside.length;
  let accepted = Math.max(1, Math.ceil(coverage * (count + 1)));
  if (accepted > 1 && (accepted - 1) / (count + 1) >= coverage)
    accepted--; // the product was rounded above a whole number
  else if (accepted / (count + 1) < coverage) accepted++;
  return inside[Math.max(0, count - accepted)] as number;
}

/** The next greater float64: those of one sign are in the order of their bits. */
function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function ascending(name: string, scores: ArrayLike<number>): Float64Array {
  assertSameCount('compare scores', { [name]: scores.length });
  assertFinite('compare scores', `${name} at`, scores);
  return Float64Array.from(scores).sort();
}
