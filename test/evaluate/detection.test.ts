import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  aupr,
  auroc,
  falsePositiveRateAt,
  thresholdForCoverage,
  thresholdForFalseAccepts,
} from '../../src/evaluate/detection.ts';
import { areaUnderRiskCoverage, riskCoverage } from '../../src/evaluate/risk-coverage.ts';
import { normalNumbers } from '../../src/random.ts';

/** Few distinct values, of both signs and with both zeros, so that many are equal. */
const scores = fc.array(fc.constantFrom(-1e300, -0.5, -0, 0, Number.MIN_VALUE, 0.1, 0.5, 3), { minLength: 1 });
const share = fc.oneof(fc.constantFrom(0, 0.05, 0.29, 0.57, 0.95, 1), fc.double({ min: 0, max: 1, noNaN: true }));

const shareOf = (values: readonly number[], isTaken: (value: number) => boolean) =>
  values.filter(isTaken).length / values.length;

describe('detection', () => {
  it('gives hand-checked figures, ties included', () => {
    assert.equal(auroc([3, 2, 2], [2, 1]), (2 + 1.5 + 1.5) / 6);
    assert.equal(auroc([1, 1], [1, 1, 1]), 0.5);
    // Thresholds 3, 2, 1 have recalls 1/3, 3/3, 3/3 and precisions 1, 3/4, 3/5.
    assert.equal(aupr([3, 2, 2], [2, 1]), (1 + 2 * 0.75) / 3);
    assert.equal(aupr([1, 1], [1, 1, 1]), 2 / 5);
    assert.equal(falsePositiveRateAt([5, 4, 3, 2], [4, 3, 1], 0.5), 1 / 3);
    assert.equal(falsePositiveRateAt([5, 4, 3, 2], [4, 3, 1]), 2 / 3);
  });

  it('gives the share of pairs in the right order', () => {
    fc.assert(
      fc.property(scores, scores, (inside, outside) => {
        const pairs = inside.flatMap((one) => outside.map((other) => (one > other ? 1 : one < other ? 0 : 0.5)));
        const expected = pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
        assert.ok(Math.abs(auroc(inside, outside) - expected) < 1e-12);
      }),
    );
  });

  it('finds the lowest threshold that accepts no more than asked', () => {
    fc.assert(
      fc.property(scores, share, (outside, rate) => {
        const threshold = thresholdForFalseAccepts(outside, rate);
        assert.ok(shareOf(outside, (score) => score >= threshold) <= rate);
        const next = Math.max(...outside.filter((score) => score < threshold));
        if (Number.isFinite(next)) assert.ok(shareOf(outside, (score) => score >= next) > rate);
      }),
    );
    assert.equal(thresholdForFalseAccepts([0.5, 0.25], 0.5), 0.25 + 2 ** -54);
    assert.equal(thresholdForFalseAccepts([-0.5, -0.25], 0.5), -0.5 + 2 ** -54);
    assert.equal(thresholdForFalseAccepts([0, -0], 0), Number.MIN_VALUE);
    assert.equal(thresholdForFalseAccepts([0.5, 0.25], 1), 0.25);
  });

  it('finds the highest threshold that accepts as many as asked', () => {
    fc.assert(
      fc.property(scores, share, (inside, coverage) => {
        const threshold = thresholdForCoverage(inside, coverage);
        assert.ok(shareOf(inside, (score) => score >= threshold) >= coverage);
        const fewer = shareOf(inside, (score) => score > threshold);
        assert.ok(fewer < coverage || fewer === 0);
      }),
    );
  });

  it('takes 100,000 scores in a moment', function () {
    this.timeout(10_000);
    const normal = normalNumbers(4);
    const inside = Float32Array.from({ length: 50_000 }, () => normal() + 1);
    const outside = Float32Array.from({ length: 50_000 }, normal);
    // Normal scores one standard deviation apart: the normal distribution at 1 / sqrt(2).
    assert.ok(Math.abs(auroc(inside, outside) - 0.7602499) < 0.005);
    assert.ok(Math.abs(falsePositiveRateAt(inside, outside) - 0.7404) < 0.02);
    assert.ok(aupr(inside, outside) > 0.7);
  });

  it('refuses NaN, infinity, nothing and shares out of range', () => {
    assert.throws(() => auroc([], [1]), /expected inScores of one length, 1 or more, but got 0/);
    assert.throws(() => auroc([1], [Number.NaN]), /outScores at 0 is NaN/);
    assert.throws(() => thresholdForFalseAccepts([Number.POSITIVE_INFINITY], 0), /is Infinity; look for it/);
    assert.throws(
      () => thresholdForFalseAccepts([1], 5),
      /expected a rate from 0 to 1 but got 5; a share of 5 % is 0.05/,
    );
    assert.throws(() => thresholdForCoverage([1], -0.1), RangeError);
  });
});

describe('risk and coverage', () => {
  it('gives a point per distinct confidence, and the mean risk as the area', () => {
    const curve = riskCoverage([0.9, 0.5, 0.7, 0.5], [true, true, false, false]);
    assert.deepEqual(curve, [
      { coverage: 0.25, risk: 0, threshold: 0.9 },
      { coverage: 0.5, risk: 0.5, threshold: 0.7 },
      { coverage: 1, risk: 0.5, threshold: 0.5 },
    ]);
    assert.equal(areaUnderRiskCoverage(curve), (0 + 0.5 + 0.5 + 0.5) / 4);
    // Without equal ones: the mean over all counts of the risk among so many (Geifman, Uziel and El-Yaniv 2019).
    const apart = riskCoverage([4, 3, 2, 1], [false, true, true, true]);
    assert.ok(Math.abs(areaUnderRiskCoverage(apart) - (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4) < 1e-15);
  });

  it('refuses what has no order', () => {
    assert.throws(() => riskCoverage([Number.NaN], [true]), RangeError);
    assert.throws(() => riskCoverage([0.5], []), TypeError);
  });
});
