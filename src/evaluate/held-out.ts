import type { Rejection, RejectionScore } from '../classify/rejection.ts';
import { argmax } from './accuracy.ts';
import { expectedCalibrationError, negativeLogLikelihood, probabilitiesOf } from './calibration.ts';
import { drawTwoSamples } from './draw-two-samples.ts';
import { type RejectionPictures, scoresOf, usableScores } from './fit-rejection.ts';
import { quantile } from './intervals.ts';
import {
  acceptedAt,
  figuresOfPlaces,
  once,
  type Places,
  type PlainFigures,
  placesOfScores,
} from './rejection-figures.ts';
import { type Estimate, type Share, share } from './shares.ts';
import { thinCurve } from './thin-curve.ts';

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
  /** From the surest known picture to the least sure one, at most 200 points. */
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
  const places = new Map(
    usableScores(known[0]?.length ?? 0).map((score) => [
      score,
      placesOfScores(...scoresOf(pictures, score, rejection.logitScale)),
    ]),
  );
  const decisive = places.get(rejection.score) as Places;
  const isAccepted = (score: number) => score >= rejection.threshold;
  const answered = isCorrect.filter((_, index) => isAccepted(knownScores[index] as number));
  return {
    known: known.length,
    unknown: unknown.length,
    rejection,
    scores: figuresWithIntervals(places, isCorrect, seed),
    falseAccepts: share(unknownScores.filter(isAccepted).length, unknown.length),
    coverage: share(answered.length, known.length),
    accuracy: share(isCorrect.filter(Boolean).length, known.length),
    accuracyOfAnswers: share(answered.filter(Boolean).length, answered.length),
    calibration: {
      before: calibrationAt(logitScale, pictures, isCorrect),
      after: calibrationAt(rejection.logitScale, pictures, isCorrect),
    },
    curve: thinCurve(acceptedAt(decisive, isCorrect, once(decisive))).map((at) => ({
      threshold: decisive.scores[at.place] as number,
      coverage: at.known / known.length,
      risk: at.wrong / at.known,
      falseAccepts: at.unknown / unknown.length,
    })),
  };
}

/** The same draws serve every score. */
function figuresWithIntervals(
  places: ReadonlyMap<RejectionScore, Places>,
  isCorrect: readonly boolean[],
  seed: number,
): ScoreFigures[] {
  const drawn = new Map([...places.keys()].map((score) => [score, [] as PlainFigures[]]));
  const unknownCount = [...places.values()][0]?.unknown.length ?? 0;
  for (const [known, unknown] of drawTwoSamples(isCorrect.length, unknownCount, { seed, samples }))
    for (const [score, of] of places) drawn.get(score)?.push(figuresOfPlaces(of, isCorrect, { known, unknown }));
  return [...places].map(([score, of]) => {
    const values = figuresOfPlaces(of, isCorrect, once(of));
    const estimate = (name: keyof PlainFigures): Estimate => {
      const sorted = Float64Array.from(drawn.get(score) as PlainFigures[], (figures) => figures[name]).sort();
      return { value: values[name], low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
    };
    return {
      score,
      auroc: estimate('auroc'),
      aupr: estimate('aupr'),
      fpr95: estimate('fpr95'),
      aurc: estimate('aurc'),
    };
  });
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
