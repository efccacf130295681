import { assertFinite, assertLabel, assertSameCount } from './check-samples.ts';

/** Samples with confidences in (low, high]; the first bin of a table has 0 too. */
export type ReliabilityBin = {
  low: number;
  high: number;
  count: number;
  /** Mean of the confidences; NaN where there are none. */
  confidence: number;
  /** Share that is right; NaN where there are none. A calibrated model has the two equal. */
  accuracy: number;
};

/**
 * Softmax of scale * scores, in float64.
 * @param scores cosines or logits of one sample
 * @param scale the logit scale, 1 / temperature
 * @returns numbers that sum to 1
 */
export function probabilitiesOf(scores: ArrayLike<number>, scale: number): Float64Array {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < scores.length; index++) greatest = Math.max(greatest, scale * (scores[index] as number));
  const result = new Float64Array(scores.length);
  let sum = 0;
  for (let index = 0; index < scores.length; index++) {
    const value = Math.exp(scale * (scores[index] as number) - greatest);
    result[index] = value;
    sum += value;
  }
  for (let index = 0; index < result.length; index++) result[index] = (result[index] as number) / sum;
  return result;
}

/**
 * The table behind a reliability diagram: confidences in bins of equal width (Guo et al. 2017, section 2).
 * @param confidences of the predicted class, 0 to 1
 * @param isCorrect whether the prediction was right
 */
export function reliabilityTable(
  confidences: ArrayLike<number>,
  isCorrect: readonly boolean[],
  bins = 15,
): ReliabilityBin[] {
  assertConfidences('tell how reliable confidences are', confidences, isCorrect, bins);
  const edge = (bin: number) => bin / bins;
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let sample = 0; sample < confidences.length; sample++) {
    const confidence = confidences[sample] as number;
    let bin = 0;
    while (confidence > edge(bin + 1)) bin++; // compared, not multiplied: a product may be rounded over an edge
    add(sums[bin]!, confidence, isCorrect[sample] as boolean);
  }
  return sums.map((sum, bin) => ({ low: edge(bin), high: edge(bin + 1), ...meansOf(sum) }));
}

/**
 * Mean distance of confidence and accuracy over bins of equal width, weighed by their counts (Naeini et al. 2015; Guo et al.
 * 2017, formula 3).
 * @returns 0, calibrated, to 1
 */
export function expectedCalibrationError(
  confidences: ArrayLike<number>,
  isCorrect: readonly boolean[],
  bins = 15,
): number {
  return calibrationError(reliabilityTable(confidences, isCorrect, bins));
}

/**
 * The same over bins of as nearly equal counts as equal confidences allow, which stay together (Nguyen and O'Connor 2015): it
 * does not hinge on a few crowded bins.
 * @returns 0, calibrated, to 1
 */
export function adaptiveCalibrationError(
  confidences: ArrayLike<number>,
  isCorrect: readonly boolean[],
  bins = 15,
): number {
  assertConfidences('compute the adaptive calibration error', confidences, isCorrect, bins);
  const count = confidences.length;
  const order = Uint32Array.from({ length: count }, (_, sample) => sample);
  order.sort((one, other) => (confidences[one] as number) - (confidences[other] as number));
  const at = (place: number) => confidences[order[place] as number] as number;
  const table: ReliabilityBin[] = [];
  for (let bin = 0, begin = 0; begin < count; bin++) {
    let end = Math.max(begin, Math.floor(((bin + 1) * count) / bins));
    while (end > begin && end < count && at(end) === at(end - 1)) end++;
    if (end === begin) continue;
    const sum = { count: 0, confidence: 0, right: 0 };
    for (let place = begin; place < end; place++) add(sum, at(place), isCorrect[order[place] as number] as boolean);
    table.push({ low: at(begin), high: at(end - 1), ...meansOf(sum) });
    begin = end;
  }
  return calibrationError(table);
}

/**
 * Mean over the samples of the squared distance between the probabilities and what was true, summed over the classes
 * (Brier 1950).
 * @param probabilities samples x classes
 * @returns 0, sure and right, to 2, sure and wrong
 */
export function brierScore(probabilities: readonly ArrayLike<number>[], labels: readonly number[]): number {
  return meanOf('compute the Brier score', probabilities, labels, (row, label) => {
    let sum = 0;
    for (let index = 0; index < row.length; index++) sum += ((row[index] as number) - Number(index === label)) ** 2;
    return sum;
  });
}

/**
 * Mean over the samples of -ln of the right class's probability.
 * @param probabilities samples x classes
 * @returns 0 to Infinity, in nats
 */
export function negativeLogLikelihood(probabilities: readonly ArrayLike<number>[], labels: readonly number[]): number {
  return meanOf('compute the likelihood', probabilities, labels, (row, label) => -Math.log(row[label] as number));
}

function meanOf(
  action: string,
  probabilities: readonly ArrayLike<number>[],
  labels: readonly number[],
  score: (row: ArrayLike<number>, label: number) => number,
): number {
  assertSameCount(action, { probabilities: probabilities.length, labels: labels.length });
  let sum = 0;
  for (const [sample, row] of probabilities.entries()) {
    const label = labels[sample] as number;
    assertLabel(action, label, row.length);
    assertFinite(action, 'probability', row);
    sum += score(row, label);
  }
  return sum / probabilities.length;
}

type Sum = { count: number; confidence: number; right: number };

function add(sum: Sum, confidence: number, right: boolean): void {
  sum.count++;
  sum.confidence += confidence;
  sum.right += Number(right);
}

function meansOf({ count, confidence, right }: Sum): Pick<ReliabilityBin, 'count' | 'confidence' | 'accuracy'> {
  return { count, confidence: confidence / count, accuracy: right / count };
}

function calibrationError(table: readonly ReliabilityBin[]): number {
  let [sum, all] = [0, 0];
  for (const { count, confidence, accuracy } of table) {
    if (count === 0) continue;
    sum += count * Math.abs(confidence - accuracy);
    all += count;
  }
  return sum / all;
}

function assertConfidences(
  action: string,
  confidences: ArrayLike<number>,
  isCorrect: readonly boolean[],
  bins: number,
): void {
  assertSameCount(action, { confidences: confidences.length, outcomes: isCorrect.length });
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(`Cannot ${action}: expected one bin or more but got ${bins}; 15 is usual`);
  for (let sample = 0; sample < confidences.length; sample++) {
    const confidence = confidences[sample] as number;
    if (confidence >= 0 && confidence <= 1) continue;
    throw new RangeError(
      `Cannot ${action}: expected confidences from 0 to 1 but got ${confidence}; give probabilities, not scores`,
    );
  }
}
