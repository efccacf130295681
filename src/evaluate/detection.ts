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
  const threshold = thresholdForCoverage(inScores, truePositiveRate);
  const outside = ascending('outScores', outScores);
  let accepted = 0;
  for (const score of outside) if (score >= threshold) accepted++;
  return accepted / outside.length;
}

/**
 * The lowest threshold at which no more than the asked share of samples of no class is accepted, where a score is accepted that
 * is at least the threshold. The share holds on these samples, in ties too; that of new ones varies about it, the more the
 * fewer there are.
 * @param rate 0 to 1. 0 accepts none of them; 1 all
 * @throws TypeError on an empty list, RangeError on a number that is not finite and on a rate out of range
 */
export function thresholdForFalseAccepts(outScores: ArrayLike<number>, rate: number): number {
  assertShare('find the threshold', 'a rate', rate);
  const outside = ascending('outScores', outScores);
  const count = outside.length;
  let accepted = Math.floor(rate * count);
  if ((accepted + 1) / count <= rate)
    accepted++; // the product was rounded below a whole number
  else if (accepted / count > rate) accepted--;
  const refused = outside[count - 1 - accepted];
  return refused === undefined ? (outside[0] as number) : nextAbove(refused);
}

/**
 * The highest threshold that accepts at least the asked share of samples of the classes.
 * @param coverage in (0, 1]
 * @throws TypeError on an empty list, RangeError on a number that is not finite and on a coverage out of range
 */
export function thresholdForCoverage(inScores: ArrayLike<number>, coverage: number): number {
  assertShare('find the threshold', 'a coverage', coverage);
  const inside = ascending('inScores', inScores);
  const count = inside.length;
  let accepted = Math.max(1, Math.ceil(coverage * count));
  if (accepted > 1 && (accepted - 1) / count >= coverage)
    accepted--; // the product was rounded above a whole number
  else if (accepted / count < coverage) accepted++;
  return inside[count - accepted] as number;
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
