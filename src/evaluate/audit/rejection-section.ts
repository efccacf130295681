import { type RejectionScore, rejectionScores } from '../../classify/rejection.ts';
import { argmax } from '../accuracy.ts';
import { halve } from '../calibrate.ts';
import { aupr, auroc, falsePositiveRateAt, thresholdForCoverage, thresholdForFalseAccepts } from '../detection.ts';
import { type RejectionPictures, scoresOf } from '../fit-rejection.ts';
import { type Rate, rateOf } from '../groups.ts';
import { areaUnderRiskCoverage, riskCoverage } from '../risk-coverage.ts';
import { thinCurve } from '../thin-curve.ts';

/** A threshold that was fitted on one half of the pictures, and what it does on the other. */
export type OperatingPoint = {
  threshold: number;
  /** Share of the known pictures that are answered; NaN where none is held out. */
  coverage: Rate;
  /** Share of the unknown pictures that are taken for a class; NaN where there are none. */
  falseAccepts: Rate;
};

/** What one score is worth for telling when to say "I don't know". All are the higher, the surer. */
export type ScoreReport = {
  score: RejectionScore;
  /** Area under the risk-coverage curve: the mean share of wrong answers, if the least sure are left out one by one. */
  aurc: number;
  /** The score from which on an answer is given, for the wanted share of answers to known pictures. */
  forCoverage: OperatingPoint;
  /** Against the pictures that are none of the classes; null where there are none. */
  unknown: {
    auroc: number;
    aupr: number;
    /** Share of unknown pictures taken for a class where 95 % of the known are answered. */
    fpr95: number;
    /** The same for the wanted share of false accepts. */
    forFalseAccepts: OperatingPoint;
  } | null;
};

/** Part E. `curve` is of the highest probability (MCM, Ming et al. 2022, arXiv 2211.13445). */
export type RejectionSection = {
  known: number;
  unknown: number;
  /** So many of them, drawn by the seed, are what thresholds were fitted on. */
  fittedOn: { known: number; unknown: number };
  wantedFalseAccepts: number;
  wantedCoverage: number;
  scores: ScoreReport[];
  curve: { coverage: number; risk: number; threshold: number }[];
  /** What `clip-tfjs classify` takes; the first is null without unknown pictures. */
  flags: { falseAccepts: string | null; coverage: string };
};

type Wishes = { logitScale: number; falseAccepts: number; coverage: number; seed: number };

/**
 * AUROC, FPR95 and the like fit nothing, so they are of all pictures.
 * @param pictures cosines with each class: of the labelled pictures, and of those that are none of the classes
 */
export function rejectionSection(
  pictures: RejectionPictures,
  { logitScale, falseAccepts, coverage, seed }: Wishes,
): RejectionSection {
  const { known, labels, unknown } = pictures;
  const isCorrect = known.map((row, at) => argmax(row) === labels[at]);
  const [fit, held] = halve(pictures, seed);
  const scores = rejectionScores.map((score): ScoreReport => {
    const [inside, outside] = scoresOf(pictures, score, logitScale);
    const [fitInside, fitOutside] = scoresOf(fit, score, logitScale);
    const [heldInside, heldOutside] = scoresOf(held, score, logitScale);
    const at = (threshold: number): OperatingPoint => {
      const accepted = (values: readonly number[]) =>
        rateOf(values.filter((value) => value >= threshold).length, values.length);
      return { threshold, coverage: accepted(heldInside), falseAccepts: accepted(heldOutside) };
    };
    return {
      score,
      aurc: areaUnderRiskCoverage(riskCoverage(inside, isCorrect)),
      forCoverage: at(thresholdForCoverage(fitInside, coverage)),
      unknown:
        outside.length === 0
          ? null
          : {
              auroc: auroc(inside, outside),
              aupr: aupr(inside, outside),
              fpr95: falsePositiveRateAt(inside, outside),
              forFalseAccepts: at(thresholdForFalseAccepts(fitOutside, falseAccepts)),
            },
    };
  });
  const [mcm] = scoresOf(pictures, 'mcm', logitScale);
  const cosine = scores.find(({ score }) => score === 'maxCosine') as ScoreReport;
  const flag = ({ threshold }: OperatingPoint) => `--threshold ${threshold}`;
  return {
    known: known.length,
    unknown: unknown.length,
    fittedOn: { known: fit.known.length, unknown: fit.unknown.length },
    wantedFalseAccepts: falseAccepts,
    wantedCoverage: coverage,
    scores,
    curve: thinCurve(riskCoverage(mcm, isCorrect)),
    flags: { falseAccepts: cosine.unknown && flag(cosine.unknown.forFalseAccepts), coverage: flag(cosine.forCoverage) },
  };
}
