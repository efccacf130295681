import assert from 'node:assert/strict';
import { rejectionScore } from '../../src/classify/rejection.ts';
import { calibrate, halve } from '../../src/evaluate/calibrate.ts';
import { auroc } from '../../src/evaluate/detection.ts';
import {
  compareScores,
  fitRejection,
  fitTemperature,
  type RejectionPictures,
} from '../../src/evaluate/fit-rejection.ts';
import { picturesForRate, picturesToShow } from '../../src/evaluate/sample-size.ts';
import { twoSampleInterval } from '../../src/evaluate/two-sample-interval.ts';
import { normalNumbers, uniformNumbers } from '../../src/random.ts';

const classes = 5;

/**
 * Made-up cosines: a known picture is nearer to its own class by `gain`, labels are drawn by softmax of 20 · cosine, so 20 is the right
 * logit scale; an unknown one is at `floor` from all.
 */
function madeUp(known: number, unknown: number, seed: number, floor = 0.1): RejectionPictures {
  const [normal, uniform] = [normalNumbers(seed), uniformNumbers(seed + 1)];
  const row = (mean: number) => Float32Array.from({ length: classes }, () => mean + 0.06 * normal());
  const rows = Array.from({ length: known }, () => row(0.3));
  const labels = rows.map((cosines) => {
    const weights = Array.from(cosines, (cosine) => Math.exp(20 * cosine));
    let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    return weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
  });
  return { known: rows, labels, unknown: Array.from({ length: unknown }, () => row(floor)) };
}

const options = { wanted: { falseAccepts: 0.05 }, logitScale: 100, seed: 1 } as const;

describe('calibrating "I don\'t know"', () => {
  it('finds the temperature by which the labels were drawn', () => {
    const fitted = fitTemperature(madeUp(20_000, 0, 1), 100);
    assert.ok(Math.abs(fitted - 20) < 1, String(fitted));
    const { heldOut } = calibrate(madeUp(600, 40, 1), { ...options, score: 'mcm' });
    assert.ok(heldOut.calibration.after.nll < heldOut.calibration.before.nll);
    assert.ok(heldOut.calibration.after.ece < heldOut.calibration.before.ece / 3);
  });

  it('takes the score that tells known from unknown best', () => {
    const { rejection, comparison } = calibrate(madeUp(200, 200, 2), options);
    assert.equal(rejection.score, 'maxCosine'); // only the height of the cosines tells
    assert.equal(comparison.length, 4);
    for (const { score, auroc: figure } of comparison)
      assert.ok(score === 'maxCosine' ? figure > 0.99 : figure < 0.7, `${score} ${figure}`);
    assert.equal(calibrate(madeUp(200, 200, 2), { ...options, score: 'margin' }).rejection.score, 'margin');
  });

  it('keeps what is wanted on the pictures that it is fitted to', () => {
    const pictures = madeUp(333, 207, 3, 0.2);
    for (const score of ['mcm', 'maxCosine', 'margin', 'entropy'] as const)
      for (const rate of [0.01, 0.05, 0.3]) {
        const accepted = (rows: readonly ArrayLike<number>[], threshold: number) =>
          rows.filter((row) => rejectionScore(score, row, 20) >= threshold).length / rows.length;
        const strict = fitRejection(pictures, { falseAccepts: rate }, score, 20);
        assert.ok(accepted(pictures.unknown, strict.threshold) <= rate, score);
        assert.ok(accepted(pictures.unknown, strict.threshold) > rate - 1 / 207, score);
        const generous = fitRejection(pictures, { coverage: 1 - rate }, score, 20);
        assert.ok(accepted(pictures.known, generous.threshold) >= 1 - rate, score);
        assert.ok(accepted(pictures.known, generous.threshold) < 1 - rate + 1 / 333, score);
      }
  });

  it('measures on pictures that were not fitted', () => {
    const pictures = madeUp(101, 51, 4, 0.2);
    const [first, second] = halve(pictures, 7);
    assert.deepEqual([first.known.length, second.known.length], [51, 50]);
    assert.deepEqual([first.unknown.length, second.unknown.length], [26, 25]);
    assert.equal(new Set([...first.known, ...second.known]).size, 101);
    assert.notDeepEqual(halve(pictures, 8)[0].labels, first.labels);
    for (const half of [first, second])
      for (const [at, row] of half.known.entries())
        assert.equal(half.labels[at], pictures.labels[pictures.known.indexOf(row)]);
    const { heldOut } = calibrate(pictures, { ...options, score: 'maxCosine', seed: 7 });
    const highest = (rows: readonly ArrayLike<number>[]) => rows.map((row) => Math.max(...Array.from(row)));
    const { threshold } = heldOut.rejection;
    assert.equal(heldOut.falseAccepts.count, highest(second.unknown).filter((value) => value >= threshold).length);
    assert.ok(highest(first.unknown).filter((value) => value >= threshold).length <= 0.05 * 26);
    assert.equal(
      heldOut.scores.find(({ score }) => score === 'maxCosine')?.auroc.value,
      auroc(highest(second.known), highest(second.unknown)),
    );
    assert.equal(heldOut.coverage.of, 50);
    assert.equal(heldOut.accuracyOfAnswers.of, heldOut.coverage.count);
    assert.equal(heldOut.curve.at(-1)?.coverage, 1);
    assert.ok(Math.abs((heldOut.curve.at(-1)?.risk as number) - (1 - heldOut.accuracy.value)) < 1e-12);
  });

  it('says of new pictures what comes true', () => {
    const [falseAccepts, coverage] = [0.1, 0.8];
    let [accepted, covered] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const fitted = madeUp(200, 200, 100 + seed, 0.24);
      const fresh = madeUp(200, 200, 1000 + seed, 0.24);
      const strict = fitRejection(fitted, { falseAccepts }, 'maxCosine', 20).threshold;
      const generous = fitRejection(fitted, { coverage }, 'maxCosine', 20).threshold;
      const highest = (row: ArrayLike<number>) => Math.max(...Array.from(row));
      accepted += fresh.unknown.filter((row) => highest(row) >= strict).length / 200 / 40;
      covered += fresh.known.filter((row) => highest(row) >= generous).length / 200 / 40;
    }
    assert.ok(Math.abs(accepted - falseAccepts) < 0.015, String(accepted)); // 3 standard errors: 3 sqrt(2 · 0.09 / 200 / 40)
    assert.ok(Math.abs(covered - coverage) < 0.02, String(covered));
  });

  it('has one class to calibrate by its cosine alone', () => {
    const one = (rows: readonly ArrayLike<number>[]) => rows.map((row) => Array.from(row).slice(0, 1));
    const { known, unknown } = madeUp(50, 50, 5);
    const pictures = { known: one(known), labels: known.map(() => 0), unknown: one(unknown) };
    assert.deepEqual(
      compareScores(pictures, 20).map(({ score }) => score),
      ['maxCosine'],
    );
    assert.equal(calibrate(pictures, options).rejection.logitScale, 100);
  });

  it('refuses what cannot be halved', () => {
    assert.throws(() => calibrate(madeUp(1, 9, 6), options), /two known and two unknown pictures .* got 1 and 9/);
    assert.throws(() => calibrate(madeUp(9, 1, 6), options), /got 9 and 1/);
  });

  it('is the same for the same seed', () => {
    assert.deepEqual(calibrate(madeUp(60, 60, 7), options), calibrate(madeUp(60, 60, 7), options));
  });
});

describe('how many pictures it takes', () => {
  it('counts what a rate needs', () => {
    assert.deepEqual([0.5, 0.1, 0.05, 0.01, 0.03].map(picturesForRate), [2, 10, 20, 100, 34]);
  });

  it('knows the rule of three', () => {
    assert.deepEqual(
      [0.05, 0.01].map((rate) => picturesToShow(rate)),
      [59, 299],
    );
    for (const rate of [0.2, 0.05, 0.01]) {
      const count = picturesToShow(rate);
      assert.ok((1 - rate) ** count <= 0.05 && (1 - rate) ** (count - 1) > 0.05);
    }
  });
});

describe('an interval of a figure of two samples', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const difference = (one: readonly number[], other: readonly number[]) => mean(one) - mean(other);

  it('covers at its level', () => {
    const normal = normalNumbers(8);
    const runs = 300;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const one = Array.from({ length: 60 }, () => 1 + normal());
      const other = Array.from({ length: 40 }, () => 2 * normal());
      const { low, high } = twoSampleInterval(difference, one, other, { seed: run, samples: 300, level: 0.9 });
      if (low <= 1 && 1 <= high) covered++;
    }
    assert.ok(Math.abs(covered / runs - 0.9) < 0.055, String(covered / runs)); // 3 standard errors of 300 runs
  });
});
