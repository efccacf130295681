import { assertFinite, assertSameCount } from './check-samples.ts';

/** What answering only the samples with a confidence of at least `threshold` gives. */
export type RiskCoveragePoint = {
  /** Share of samples that are answered, in (0, 1]. */
  coverage: number;
  /** Share of wrong ones among the answers, 0 to 1. */
  risk: number;
  threshold: number;
};

/**
 * The trade between answering more and being wrong more (El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017): a point per
 * distinct confidence, the greatest first.
 * @param confidences any score that is higher the surer the answer
 * @throws TypeError on lists of different lengths, RangeError on a number that is not finite
 */
export function riskCoverage(confidences: ArrayLike<number>, isCorrect: readonly boolean[]): RiskCoveragePoint[] {
  const action = 'compute the risk-coverage curve';
  assertSameCount(action, { confidences: confidences.length, outcomes: isCorrect.length });
  assertFinite(action, 'confidence', confidences);
  const count = confidences.length;
  const order = Uint32Array.from({ length: count }, (_, sample) => sample);
  order.sort((one, other) => (confidences[other] as number) - (confidences[one] as number));
  const curve: RiskCoveragePoint[] = [];
  let wrong = 0;
  for (const [place, sample] of order.entries()) {
    if (!isCorrect[sample]) wrong++;
    const threshold = confidences[sample] as number;
    if (place + 1 < count && confidences[order[place + 1] as number] === threshold) continue; // answered together
    curve.push({ coverage: (place + 1) / count, risk: wrong / (place + 1), threshold });
  }
  return curve;
}

/**
 * Area under the risk-coverage curve, AURC (Geifman, Uziel and El-Yaniv 2019): the mean risk over all coverages. Samples that
 * are answered together share the risk of their point.
 * @returns 0 to 1; low is good
 */
export function areaUnderRiskCoverage(curve: readonly RiskCoveragePoint[]): number {
  let [area, before] = [0, 0];
  for (const { coverage, risk } of curve) {
    area += risk * (coverage - before);
    before = coverage;
  }
  return area;
}
