import assert from 'node:assert/strict';
import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  probabilitiesOf,
  reliabilityTable,
} from '../../src/evaluate/calibration.ts';
import { fitLogitScale, logitScaleRange } from '../../src/evaluate/logit-scale.ts';
import { normalNumbers, uniformNumbers } from '../../src/random.ts';
import { assertClose } from '../assert-close.ts';

describe('calibration', () => {
  it('gives probabilities that sum to 1 for any scale', () => {
    const [first, second, third] = probabilitiesOf([0, Math.log(2) / 5, Math.log(5) / 5], 5);
    assertClose('softmax', [first!, second!, third!], [1 / 8, 2 / 8, 5 / 8], 1e-15);
    assert.deepEqual([...probabilitiesOf([3, 1], 1e300)], [1, 0]);
    assert.deepEqual([...probabilitiesOf([3, 3], 0)], [0.5, 0.5]);
  });

  it('puts a confidence on an edge into the lower bin, and 0 into the first', () => {
    for (const bins of [3, 7, 10, 15, 49, 1000]) {
      const edges = Array.from({ length: bins + 1 }, (_, edge) => edge / bins);
      const counts = reliabilityTable(edges, new Array(bins + 1).fill(true), bins).map(({ count }) => count);
      assert.deepEqual(counts, [2, ...new Array(bins - 1).fill(1)], `${bins} bins`);
      const above = edges.slice(1, -1).map((edge) => edge * (1 + Number.EPSILON)); // the next greater number or the one after
      const upper = reliabilityTable(above, new Array(bins - 1).fill(true), bins).map(({ count }) => count);
      assert.deepEqual(upper, [0, ...new Array(bins - 1).fill(1)], `above the edges of ${bins} bins`);
    }
  });

  it('is 0 where confidence is accuracy, and the distance where it is not', () => {
    const isCorrect = [true, true, true, false];
    assert.equal(expectedCalibrationError([0.75, 0.75, 0.75, 0.75], isCorrect), 0);
    assert.equal(expectedCalibrationError([1, 1, 1, 1], isCorrect), 0.25);
    assertClose('two bins', [expectedCalibrationError([0.9, 0.9, 0.9, 0.2], isCorrect)], [(3 * 0.1 + 0.2) / 4], 1e-15);
    const [empty] = reliabilityTable([0.9], [true]);
    assert.ok(empty?.count === 0 && Number.isNaN(empty.accuracy));
  });

  it('keeps equal confidences together in bins of equal counts, in whatever order they come', () => {
    const confidences = [0.1, 0.5, 0.5, 0.5, 0.9, 0.9];
    const isCorrect = [false, true, false, true, true, true];
    // Cuts are due at 2 and 4: the first moves behind the last 0.5, where the second would also be; then 0.9.
    const expected = (4 * Math.abs(1.6 / 4 - 2 / 4) + 2 * 0.1) / 6;
    assertClose('in order', [adaptiveCalibrationError(confidences, isCorrect, 3)], [expected], 1e-15);
    const turned = adaptiveCalibrationError(confidences.toReversed(), isCorrect.toReversed(), 3);
    assertClose('in reverse', [turned], [expected], 1e-15);
    assertClose(
      'all alike',
      [adaptiveCalibrationError([0.6, 0.6, 0.6], [true, false, true], 15)],
      [2 / 3 - 0.6],
      1e-15,
    );
  });

  it('scores probabilities', () => {
    assert.equal(
      brierScore(
        [
          [1, 0],
          [1, 0],
        ],
        [0, 1],
      ),
      1,
    );
    assert.equal(negativeLogLikelihood([[0.25, 0.75]], [0]), Math.log(4));
    assert.equal(negativeLogLikelihood([[0, 1]], [0]), Number.POSITIVE_INFINITY);
  });

  it('refuses scores in place of probabilities, and lists that do not fit', () => {
    assert.throws(() => expectedCalibrationError([2.5], [true]), /expected confidences from 0 to 1 but got 2.5/);
    assert.throws(() => expectedCalibrationError([Number.NaN], [true]), RangeError);
    assert.throws(() => expectedCalibrationError([0.5], []), TypeError);
    assert.throws(() => adaptiveCalibrationError([0.5], [true], 0), /one bin or more but got 0/);
    assert.throws(() => brierScore([[0.5, 0.5]], [2]), RangeError);
    assert.throws(() => negativeLogLikelihood([[Number.NaN, 1]], [1]), RangeError);
  });
});

describe('fitLogitScale()', () => {
  it('finds the scale that labels were drawn with', () => {
    const [normal, uniform] = [normalNumbers(1), uniformNumbers(2)];
    const cosines = Array.from({ length: 20_000 }, () => Float32Array.from({ length: 5 }, () => 0.05 * normal()));
    const labels = cosines.map((row) => {
      let rest = uniform();
      return probabilitiesOf(row, 40).findIndex((probability) => {
        rest -= probability;
        return rest < 0;
      });
    });
    const scale = fitLogitScale(cosines, labels);
    assert.ok(Math.abs(scale - 40) < 1.5, `${scale}`);
    const tenfold = cosines.map((row) => row.map((cosine) => 10 * cosine));
    assertClose('of scores ten times as large', [10 * fitLogitScale(tenfold, labels)], [scale], 1e-4); // float32
  });

  it('ends at its bounds where no scale is the best', () => {
    const rows = [
      [0.3, 0.1],
      [0.1, 0.2],
    ];
    assert.equal(fitLogitScale(rows, [0, 1]), logitScaleRange.high);
    assert.equal(fitLogitScale(rows, [1, 0]), logitScaleRange.low);
    assert.equal(fitLogitScale([[0.2, 0.2]], [1]), logitScaleRange.low); // no scale matters
  });

  it('refuses what cannot be fitted', () => {
    assert.throws(() => fitLogitScale([], []), TypeError);
    assert.throws(() => fitLogitScale([[1, 2]], [5]), RangeError);
    assert.throws(() => fitLogitScale([[1, Number.NaN]], [0]), RangeError);
  });
});
