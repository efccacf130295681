import assert from 'node:assert/strict';
import { argmax, confusionMatrix, meanPerClassRecall, topKAccuracy } from '../../src/evaluate/accuracy.ts';
import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  probabilitiesOf,
  reliabilityTable,
} from '../../src/evaluate/calibration.ts';
import { aupr, auroc, falsePositiveRateAt } from '../../src/evaluate/detection.ts';
import {
  accuracyGap,
  accuracyRatio,
  demographicParityDifference,
  demographicParityRatio,
  equalizedOddsDifference,
  equalOpportunityDifference,
} from '../../src/evaluate/group-gaps.ts';
import { type GroupSample, groupMetrics } from '../../src/evaluate/groups.ts';
import { ratioInterval, wilsonInterval } from '../../src/evaluate/intervals.ts';
import { fitLogitScale } from '../../src/evaluate/logit-scale.ts';
import { retrievalMeasures } from '../../src/evaluate/retrieval.ts';
import { maxSkew, minSkew, ndkl } from '../../src/evaluate/skew.ts';
import { assertClose } from '../assert-close.ts';
import { runPython } from './python.ts';

type Table = { count: number[]; confidence: number[]; accuracy: number[] };

type Cases = {
  classification: {
    scores: number[][];
    labels: number[];
    predicted: number[];
    /** Top 1, 2 and 3 by our order of equal scores; then, without equal ones, of both libraries in turn. */
    accuracy: number[];
    /** Of scikit-learn and, where every class occurs, torchmetrics. */
    recall: number[];
    confusion: number[][];
    brier: number;
    nll: number;
  }[];
  calibration: {
    confidences: number[];
    isCorrect: boolean[];
    bins: number;
    table: Table;
    ece: number;
    adaptive: number | null;
    float32: number;
  }[];
  scale: { cosines: number[][]; labels: number[]; scale: number; loss: number }[];
  detection: {
    inScores: number[];
    outScores: number[];
    auroc: number;
    aupr: number;
    rates: [number, number][];
    float32: { auroc: number; aupr: number };
  }[];
  groups: {
    samples: GroupSample[];
    groups: ({ group: string; count: number } & Record<RateName, number>)[];
    gaps: Record<keyof typeof gaps, number>;
  }[];
  intervals: {
    successes: number;
    count: number;
    level: number;
    wilson: [number, number];
    other?: [number, number];
    ratio: [number, number, number] | null;
  }[];
  retrieval: { similarity: number[][]; right: boolean[][]; measures: ReturnType<typeof retrievalMeasures> }[];
  skew: {
    ranked: string[];
    shares: Record<string, number>;
    k: number;
    maxSkew: number;
    minSkew: number | null;
    ndkl: number;
  }[];
};

const rateNames = ['accuracy', 'selectionRate', 'truePositiveRate', 'falsePositiveRate'] as const;
type RateName = (typeof rateNames)[number];

const gaps = {
  accuracyGap,
  accuracyRatio,
  demographicParityDifference,
  demographicParityRatio,
  equalizedOddsDifference,
  equalOpportunityDifference,
};

const tolerance = 1e-9;
/** torchmetrics computes these in float32. */
const singlePrecision = 1e-6;

describe('measures beside scikit-learn, torchmetrics, fairlearn and scipy', () => {
  let cases: Cases;
  before(() => {
    cases = JSON.parse(runPython('metrics.py', '1', '60')) as Cases;
  });

  const close = (what: string, actual: number | undefined, expected: number, allowed = tolerance) =>
    assertClose(what, [actual ?? Number.NaN], [expected], allowed);

  it('gives their accuracy, recall, confusion matrix, Brier score and likelihood', () => {
    for (const [number, given] of cases.classification.entries()) {
      const { scores, labels } = given;
      const predicted = scores.map(argmax);
      assert.deepEqual(predicted, given.predicted);
      const accuracies = [1, 2, 3].map((k) => topKAccuracy(scores, labels, k));
      assertClose(`top-k ${number}`, accuracies, given.accuracy.slice(0, 3), tolerance);
      for (const [place, expected] of given.accuracy.slice(3).entries())
        close(
          `top-k of libraries ${number}`,
          accuracies[place >> 1],
          expected,
          place % 2 ? singlePrecision : tolerance,
        );
      const recall = meanPerClassRecall(predicted, labels);
      const [sklearn, torchmetrics] = given.recall as [number, number?];
      close(`recall ${number}`, recall, sklearn);
      if (torchmetrics !== undefined) close(`recall of torchmetrics ${number}`, recall, torchmetrics, singlePrecision);
      assert.deepEqual(confusionMatrix(predicted, labels, given.confusion.length), given.confusion);
      const probabilities = scores.map((row) => probabilitiesOf(row, 1));
      close(`Brier ${number}`, brierScore(probabilities, labels), given.brier);
      close(`likelihood ${number}`, negativeLogLikelihood(probabilities, labels), given.nll);
    }
  });

  it('gives their calibration errors and reliability tables', () => {
    for (const [number, given] of cases.calibration.entries()) {
      const { confidences, isCorrect, bins } = given;
      const error = expectedCalibrationError(confidences, isCorrect, bins);
      close(`ECE ${number}`, error, given.ece);
      close(`ECE of torchmetrics ${number}`, error, given.float32, singlePrecision);
      if (given.adaptive !== null)
        close(`adaptive ${number}`, adaptiveCalibrationError(confidences, isCorrect, bins), given.adaptive);
      const table = reliabilityTable(confidences, isCorrect, bins).filter(({ count }) => count > 0);
      for (const column of ['count', 'confidence', 'accuracy'] as const)
        assertClose(
          `${column} ${number}`,
          table.map((bin) => bin[column]),
          given.table[column],
          tolerance,
        );
    }
  });

  it('finds the logit scale that a general minimiser finds', () => {
    for (const [number, { cosines, labels, scale, loss }] of cases.scale.entries()) {
      const ours = fitLogitScale(cosines, labels);
      const likelihood = negativeLogLikelihood(
        cosines.map((row) => probabilitiesOf(row, ours)),
        labels,
      );
      assert.ok(likelihood <= loss + 1e-12, `case ${number}: ${likelihood} is less likely than ${loss}`);
      // A minimum is flat: what changes the loss by one part in 1e16 moves its place by one in 1e8.
      assert.ok(Math.abs(Math.log(ours / scale)) < 1e-5, `case ${number}: ${ours} instead of ${scale}`);
    }
  });

  it('gives their areas under curves and false positive rates', () => {
    for (const [number, given] of cases.detection.entries()) {
      const { inScores, outScores } = given;
      close(`AUROC ${number}`, auroc(inScores, outScores), given.auroc);
      close(`AUPR ${number}`, aupr(inScores, outScores), given.aupr);
      close(`AUROC of torchmetrics ${number}`, auroc(inScores, outScores), given.float32.auroc, singlePrecision);
      close(`AUPR of torchmetrics ${number}`, aupr(inScores, outScores), given.float32.aupr, singlePrecision);
      for (const [share, rate] of given.rates)
        close(`FPR at ${share} ${number}`, falsePositiveRateAt(inScores, outScores, share), rate);
    }
  });

  it("gives fairlearn's rates of groups and gaps between them", () => {
    for (const [number, given] of cases.groups.entries()) {
      const found = groupMetrics(given.samples, 1);
      assert.deepEqual(
        found.map(({ group, count }) => ({ group, count })),
        given.groups.map(({ group, count }) => ({ group, count })),
      );
      for (const [place, group] of found.entries())
        for (const name of rateNames)
          close(`${name} of ${group.group} ${number}`, group[name].value, given.groups[place]![name]);
      for (const [name, expected] of Object.entries(given.gaps))
        close(`${name} ${number}`, gaps[name as keyof typeof gaps](found), expected);
    }
  });

  it("gives scipy's intervals of proportions and ratios", () => {
    for (const [number, { successes, count, level, ...given }] of cases.intervals.entries()) {
      const { low, high } = wilsonInterval(successes, count, level);
      assertClose(`Wilson ${number}`, [low, high], given.wilson, tolerance);
      if (!given.ratio || !given.other || successes === count || given.other[0] === given.other[1]) continue;
      const interval = ratioInterval(successes, count, ...given.other, level);
      const scaled = [interval.ratio, interval.low, interval.high].map((value, i) => value / given.ratio![i]!);
      assertClose(`ratio ${number}`, scaled, [1, 1, 1], tolerance);
    }
  });

  it('gives the hit rates of torchmetrics and the ranks of scipy', () => {
    for (const [number, { similarity, right, measures }] of cases.retrieval.entries()) {
      const found = retrievalMeasures(similarity, (row, column) => right[row]![column]!);
      for (const name of Object.keys(measures) as (keyof typeof measures)[])
        close(`${name} ${number}`, found[name], measures[name]);
    }
  });

  it('gives skew and divergence by the entropies of scipy', () => {
    for (const [number, { ranked, shares, k, ...given }] of cases.skew.entries()) {
      close(`MaxSkew ${number}`, maxSkew(ranked, shares, k), given.maxSkew);
      const least = minSkew(ranked, shares, k);
      if (given.minSkew === null) assert.equal(least, Number.NEGATIVE_INFINITY);
      else close(`MinSkew ${number}`, least, given.minSkew);
      close(`NDKL ${number}`, ndkl(ranked, shares), given.ndkl);
    }
  });
});
