import type { Rejection, RejectionScore } from '../classify/rejection.ts';
import { argmax } from './accuracy.ts';
import { expectedCalibrationError, negativeLogLikelihood, probabilitiesOf } from './calibration.ts';
import { aupr, auroc, falsePositiveRateAt } from './detection.ts';
import { type RejectionPictures, scoresOf, usableScores } from './fit-rejection.ts';
import { bootstrapInterval } from './intervals.ts';
import { areaUnderRiskCoverage, riskCoverage } from './risk-coverage.ts';
import { type Estimate, type Share, share } from './shares.ts';
import { twoSampleInterval } from './two-sample-interval.ts';

/** How well a score tells known pictures from unknown ones, and right answers from wrong ones; percentile bootstrap. */
export type ScoreFigures = {
  score: RejectionScore;
  auroc: Estimate;
  /** Known pictures as the positive ones. */
  aupr: Estimate;
  /** The share of unknown pictures that get an answer where 95 % of the known ones do. */
  fpr95: Estimate;
  /** Area under the risk-coverage curve of the known pictures. */
  aurc: Estimate;
};

/** A point of the curve: what a threshold would give. */
export type CurvePoint = { threshold: number; coverage: number; risk: number; falseAccepts: number };

/** What a rejection gives on pictures that it was not fitted to. */
export type HeldOut = {
  known: number;
  unknown: number;
  /** What was fitted on the other half. */
  rejection: Rejection;
  scores: ScoreFigures[];
  /** Unknown pictures that get an answer. */
  falseAccepts: Share;
  /** Known pictures that get an answer. */
  coverage: Share;
  /** Right answers, of all known pictures and of those that get one. */
  accuracy: Share;
  accuracyOfAnswers: Share;
  /** Of the known pictures' probabilities, with the model's temperature and the fitted one. */
  calibration: Record<'before' | 'after', { logitScale: number; ece: number; nll: number }>;
  /** From the surest known picture to the least sure one. */
  curve: CurvePoint[];
};

/** Draws of a bootstrap: enough for the second digit of an interval's ends. */
const samples = 500;

/** @param logitScale the model's, to compare the fitted one with */
export function measureHeldOut(
  pictures: RejectionPictures,
  rejection: Rejection,
  logitScale: number,
  seed: number,
): HeldOut {
  const { known, labels, unknown } = pictures;
  const isCorrect = known.map((row, index) => argmax(row) === labels[index]);
  const [knownScores, unknownScores] = scoresOf(pictures, rejection.score, rejection.logitScale);
  const isAccepted = (score: number) => score >= rejection.threshold;
  const answered = isCorrect.filter((_, index) => isAccepted(knownScores[index] as number));
  return {
    known: known.length,
    unknown: unknown.length,
    rejection,
    scores: usableScores(known[0]?.length ?? 0).map((score) =>
      figuresOf(score, ...scoresOf(pictures, score, rejection.logitScale), isCorrect, seed),
    ),
    falseAccepts: share(unknownScores.filter(isAccepted).length, unknown.length),
    coverage: share(answered.length, known.length),
    accuracy: share(isCorrect.filter(Boolean).length, known.length),
    accuracyOfAnswers: share(answered.filter(Boolean).length, answered.length),
    calibration: {
      before: calibrationAt(logitScale, pictures, isCorrect),
      after: calibrationAt(rejection.logitScale, pictures, isCorrect),
    },
    curve: riskCoverage(knownScores, isCorrect).map(({ threshold, coverage, risk }) => {
      const accepted = unknownScores.filter((score) => score >= threshold).length;
      return { threshold, coverage, risk, falseAccepts: accepted / unknown.length };
    }),
  };
}

function figuresOf(
  score: RejectionScore,
  known: readonly number[],
  unknown: readonly number[],
  isCorrect: readonly boolean[],
  seed: number,
): ScoreFigures {
  const ofBoth = (figure: (known: readonly number[], unknown: readonly number[]) => number): Estimate => ({
    value: figure(known, unknown),
    ...twoSampleInterval(figure, known, unknown, { seed, samples }),
  });
  const aurc = (indices: ArrayLike<number>) => {
    const all = Array.from(indices);
    const curve = riskCoverage(
      all.map((index) => known[index] as number),
      all.map((index) => isCorrect[index] as boolean),
    );
    return areaUnderRiskCoverage(curve);
  };
  return {
    score,
    auroc: ofBoth(auroc),
    aupr: ofBoth(aupr),
    fpr95: ofBoth((one, other) => falsePositiveRateAt(one, other, 0.95)),
    aurc: { value: aurc([...known.keys()]), ...bootstrapInterval(aurc, known.length, { seed, samples }) },
  };
}

function calibrationAt(logitScale: number, { known, labels }: RejectionPictures, isCorrect: readonly boolean[]) {
  const probabilities = known.map((row) => probabilitiesOf(row, logitScale));
  const confidences = probabilities.map((row) => Math.max(...row));
  return {
    logitScale,
    ece: expectedCalibrationError(confidences, isCorrect),
    nll: negativeLogLikelihood(probabilities, labels),
  };
}
