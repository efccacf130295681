import { assertFinite, assertLabel, assertSameCount } from './check-samples.ts';

/** Where `fitLogitScale` looks: from "all classes alike" to "always sure". CLIP's own scale ends at 100. */
export const logitScaleRange = { low: 0.01, high: 10_000 } as const;

/**
 * The logit scale (1 / temperature) under which the labels are likeliest: temperature scaling (Guo et al. 2017, section 4.2).
 * For CLIP one scale per model holds over prompts and data sets (LeVine et al. 2023).
 * @param cosines samples x classes, or other scores
 * @param labels the right class of each sample
 * @returns a number in `logitScaleRange`. The high end: every label has the greatest score, so no scale is too sure. The
 *   low end: the scores say nothing of the labels. Either says more about the samples than about the model.
 * @throws TypeError on lists of different lengths, RangeError on a number that is not finite and on labels out of range
 */
export function fitLogitScale(cosines: readonly ArrayLike<number>[], labels: readonly number[]): number {
  const action = 'fit the logit scale';
  assertSameCount(action, { scores: cosines.length, labels: labels.length });
  for (const [sample, row] of cosines.entries()) {
    assertLabel(action, labels[sample] as number, row.length);
    assertFinite(action, 'score', row);
  }
  let [low, high] = [logitScaleRange.low as number, logitScaleRange.high as number];
  // The loss is convex in the scale, so its slope has one root at most: Newton's method, and halving where it would leave.
  if (slopes(cosines, labels, low).first >= 0) return low;
  if (slopes(cosines, labels, high).first <= 0) return high;
  let scale = 30;
  for (let step = 0; step < 100; step++) {
    const { first, second } = slopes(cosines, labels, scale);
    if (first > 0) high = scale;
    else low = scale;
    const wanted = scale - first / second;
    const next = wanted >= low && wanted <= high ? wanted : Math.sqrt(low * high);
    if (Math.abs(next - scale) <= 1e-8 * scale) return next; // each step doubles the digits
    scale = next;
  }
  return scale;
}

/**
 * First and second derivative by the scale of the mean of -ln softmax(scale * scores)[label]: with the softmax as weights, the
 * scores' mean less the right one, and their variance.
 */
function slopes(rows: readonly ArrayLike<number>[], labels: readonly number[], scale: number) {
  let [first, second] = [0, 0];
  for (const [sample, row] of rows.entries()) {
    const right = row[labels[sample] as number] as number;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < row.length; index++) greatest = Math.max(greatest, row[index] as number);
    let [weights, sum, squares] = [0, 0, 0];
    for (let index = 0; index < row.length; index++) {
      const away = (row[index] as number) - greatest; // from the greatest, so that the variance loses no digits
      const weight = Math.exp(scale * away);
      weights += weight;
      sum += weight * away;
      squares += weight * away ** 2;
    }
    const mean = sum / weights;
    first += mean - (right - greatest);
    second += squares / weights - mean ** 2;
  }
  return { first: first / rows.length, second: second / rows.length };
}
