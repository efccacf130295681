import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rejectionScore } from '../../src/classify/rejection.ts';
import { calibrate, halve } from '../../src/evaluate/calibrate.ts';
import { aupr, auroc, falsePositiveRateAt } from '../../src/evaluate/detection.ts';
import { drawTwoSamples } from '../../src/evaluate/draw-two-samples.ts';
import {
  compareScores,
  fitRejection,
  fitTemperature,
  type RejectionPictures,
} from '../../src/evaluate/fit-rejection.ts';
import { measureHeldOut } from '../../src/evaluate/held-out.ts';
import { acceptedAt, figuresOfPlaces, placesOfScores } from '../../src/evaluate/rejection-figures.ts';
import { areaUnderRiskCoverage, riskCoverage } from '../../src/evaluate/risk-coverage.ts';
import { picturesForRate, picturesToShow } from '../../src/evaluate/sample-size.ts';
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
    const { logitScale: fitted, outcome } = fitTemperature(madeUp(20_000, 0, 1), 100);
    assert.equal(outcome, 'fitted');
    assert.ok(Math.abs(fitted - 20) < 1, String(fitted));
    const { heldOut } = calibrate(madeUp(600, 40, 1), { ...options, score: 'mcm' });
    assert.ok(heldOut.calibration.after.nll < heldOut.calibration.before.nll);
    assert.ok(heldOut.calibration.after.ece < heldOut.calibration.before.ece / 3);
  });

  it('puts the threshold into the middle between kinds that are apart', () => {
    const of = (...values: number[]) => values.map((value) => [value, -1]);
    const near = (known: number[], unknown: number[], wanted: { falseAccepts: number } | { coverage: number }) => {
      const pictures = { known: of(...known), labels: known.map(() => 0), unknown: of(...unknown) };
      return fitRejection(pictures, wanted, 'maxCosine', 1).threshold.toFixed(6);
    };
    assert.equal(near([0.4, 0.5, 0.6], [0.1, 0.15, 0.2], { falseAccepts: 0.5 }), '0.300000'); // one might be taken, and nothing gained
    assert.equal(near([0.4, 0.5, 0.6], [0.1, 0.15, 0.2], { coverage: 0.75 }), '0.300000');
    assert.equal(near([0.4, 0.5, 0.6], [0.1, 0.15, 0.45], { falseAccepts: 0.25 }), '0.450000');
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
          rows.filter((row) => rejectionScore(score, row, 20) >= threshold).length;
        const strict = fitRejection(pictures, { falseAccepts: rate }, score, 20);
        assert.equal(accepted(pictures.unknown, strict.threshold), Math.floor(rate * 208) - 1, score);
        const generous = fitRejection(pictures, { coverage: 1 - rate }, score, 20);
        assert.equal(accepted(pictures.known, generous.threshold), Math.ceil((1 - rate) * 334), score);
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
    assert.equal(highest(first.unknown).filter((value) => value >= threshold).length, 0); // floor(0.05 · 27) - 1
    assert.equal(
      heldOut.scores.find(({ score }) => score === 'maxCosine')?.auroc.value,
      auroc(highest(second.known), highest(second.unknown)),
    );
    assert.equal(heldOut.coverage.of, 50);
    assert.equal(heldOut.accuracyOfAnswers.of, heldOut.coverage.count);
    assert.equal(heldOut.curve.at(-1)?.coverage, 1);
    assert.ok(Math.abs((heldOut.curve.at(-1)?.risk as number) - (1 - heldOut.accuracy.value)) < 1e-12);
  });

  it('says of new pictures what comes true, even after few', () => {
    const [falseAccepts, coverage] = [0.1, 0.8];
    const [accepted, covered]: [number[], number[]] = [[], []];
    for (let seed = 0; seed < 400; seed++) {
      const fitted = madeUp(20, 20, 10 * seed, 0.24);
      const fresh = madeUp(100, 100, 10 * seed + 5, 0.24);
      const strict = fitRejection(fitted, { falseAccepts }, 'maxCosine', 20).threshold;
      const generous = fitRejection(fitted, { coverage }, 'maxCosine', 20).threshold;
      const highest = (row: ArrayLike<number>) => Math.max(...Array.from(row));
      accepted.push(fresh.unknown.filter((row) => highest(row) >= strict).length / 100);
      covered.push(fresh.known.filter((row) => highest(row) >= generous).length / 100);
    }
    // Of 21, two are the highest: 9.5 %. A threshold on the edge of the 20 would accept 14 %.
    for (const [values, expected] of [
      [accepted, 2 / 21],
      [covered, 17 / 21],
    ] as const) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      assert.ok(Math.abs(mean - expected) < 3 * Math.sqrt(spread / values.length), `${mean} for ${expected}`);
    }
  });

  it('keeps the temperature of the model where all pictures are right, or none says anything', () => {
    const uniform = uniformNumbers(9);
    const right = Array.from({ length: 40 }, (_, at) =>
      Float32Array.from({ length: classes }, (_, label) => (label === at % classes ? 0.4 : 0.2) + 0.05 * uniform()),
    );
    const labels = right.map((_, at) => at % classes);
    const { unknown } = madeUp(0, 40, 10);
    for (const score of ['mcm', 'margin', 'entropy', 'maxCosine'] as const) {
      const { rejection, temperature, keptAnswers } = calibrate(
        { known: right, labels, unknown },
        { ...options, score },
      );
      assert.deepEqual(temperature, { kept: 'separable', half: 'separable' });
      assert.equal(rejection.logitScale, 100);
      assert.ok(keptAnswers > 0, score);
    }
    const wrong = { known: right, labels: labels.map((label) => (label + 1) % classes), unknown };
    assert.deepEqual(fitTemperature(wrong, 100), { logitScale: 100, outcome: 'uninformative' });
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
    assert.deepEqual([0.5, 0.1, 0.05, 0.01, 0.03].map(picturesForRate), [1, 9, 19, 99, 33]);
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

describe('figures of two samples, drawn anew', () => {
  const values = fc.array(fc.constantFrom(-0.5, 0, 0.1, 0.5, 3), { minLength: 1, maxLength: 12 });

  it('are those of a list in which each has as many copies', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 0, max: 1e6 }), (known, unknown, seed) => {
        const uniform = uniformNumbers(seed);
        const isCorrect = known.map(() => uniform() < 0.5);
        const places = placesOfScores(known, unknown);
        for (const [ofKnown, ofUnknown] of drawTwoSamples(known.length, unknown.length, { seed, samples: 3 })) {
          const copied = <T>(list: readonly T[], copies: Int32Array) =>
            list.flatMap((value, at) => new Array<T>(copies[at] as number).fill(value));
          const [inside, outside] = [copied(known, ofKnown), copied(unknown, ofUnknown)];
          assert.deepEqual([inside.length, outside.length], [known.length, unknown.length]);
          const curve = riskCoverage(inside, copied(isCorrect, ofKnown));
          const expected = {
            auroc: auroc(inside, outside),
            aupr: aupr(inside, outside),
            fpr95: falsePositiveRateAt(inside, outside),
            aurc: areaUnderRiskCoverage(curve),
          };
          const copies = { known: ofKnown, unknown: ofUnknown };
          const figures = figuresOfPlaces(places, isCorrect, copies);
          for (const name of ['auroc', 'aupr', 'fpr95', 'aurc'] as const)
            assert.ok(Math.abs(figures[name] - expected[name]) < 1e-12, `${name}: ${figures[name]}, ${expected[name]}`);
          const points = acceptedAt(places, isCorrect, copies);
          assert.deepEqual(
            points.map(({ place }) => places.scores[place]),
            curve.map(({ threshold }) => threshold),
          );
          for (const [at, { known: count, wrong, unknown: strangers, place }] of points.entries()) {
            assert.ok(Math.abs(wrong / count - (curve[at]?.risk as number)) < 1e-12);
            assert.equal(strangers, outside.filter((value) => value >= (places.scores[place] as number)).length);
          }
        }
      }),
    );
  });

  it('cover an AUROC at their level', () => {
    const exact = 0.7602499; // normal scores one standard deviation apart: the normal distribution at 1 / sqrt(2)
    const normal = normalNumbers(8);
    const runs = 200;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const row = (mean: number) => [mean + normal()];
      const known = Array.from({ length: 60 }, () => row(1));
      const unknown = Array.from({ length: 40 }, () => row(0));
      const rejection = { score: 'maxCosine', threshold: 0, logitScale: 1 } as const;
      const { scores } = measureHeldOut({ known, labels: known.map(() => 0), unknown }, rejection, 1, run);
      const { low, high } = scores[0]!.auroc;
      if (low <= exact && exact <= high) covered++;
    }
    assert.ok(Math.abs(covered / runs - 0.95) < 0.047, String(covered / runs)); // 3 standard errors of 200 runs
  });

  it('are those of 10,000 pictures in seconds, with a curve of 200 points at most', function () {
    this.timeout(20_000);
    const { scores, curve } = calibrate(madeUp(10_000, 10_000, 11, 0.2), options).heldOut;
    assert.equal(scores.length, 4);
    assert.ok(curve.length <= 200 && curve.length > 100);
    assert.equal(curve.at(-1)?.coverage, 1);
  });
});
