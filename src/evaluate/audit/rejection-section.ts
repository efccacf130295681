import { type RejectionScore, rejectionScore, rejectionScores } from '../../classify/rejection.ts';
import { argmax } from '../accuracy.ts';
import { aupr, auroc, falsePositiveRateAt, thresholdForCoverage, thresholdForFalseAccepts } from '../detection.ts';
import { type Rate, rateOf } from '../groups.ts';
import { areaUnderRiskCoverage, riskCoverage } from '../risk-coverage.ts';

/** A threshold, and what it does on these pictures. */
export type Operation = {
  threshold: number;
  /** Share of the known pictures that are answered. */
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
  forCoverage: Operation;
  /** Against the pictures that are none of the classes; null where there are none. */
  unknown: {
    auroc: number;
    aupr: number;
    /** Share of unknown pictures taken for a class where 95 % of the known are answered. */
    fpr95: number;
    /** The same for the wanted share of false accepts. */
    forFalseAccepts: Operation;
  } | null;
};

/** Part E. `curve` is of the highest probability (MCM, Ming et al. 2022, arXiv 2211.13445). */
export type RejectionSection = {
  known: number;
  unknown: number;
  wantedFalseAccepts: number;
  wantedCoverage: number;
  scores: ScoreReport[];
  curve: { coverage: number; risk: number; threshold: number }[];
  /** What `clip-tfjs classify` takes; the first is null without unknown pictures. */
  flags: { falseAccepts: string | null; coverage: string };
};

const mostPoints = 200;

/**
 * @param known cosines of the labelled pictures, one row per picture with one value per class
 * @param unknown cosines of pictures that are none of the classes
 */
export function rejectionSection(
  known: readonly Float32Array[],
  labels: readonly number[],
  unknown: readonly Float32Array[],
  { logitScale, falseAccepts, coverage }: { logitScale: number; falseAccepts: number; coverage: number },
): RejectionSection {
  const isCorrect = known.map((row, at) => argmax(row) === labels[at]);
  const scoresOf = (score: RejectionScore, rows: readonly Float32Array[]) =>
    rows.map((row) => rejectionScore(score, row, logitScale));
  const scores = rejectionScores.map((score): ScoreReport => {
    const inside = scoresOf(score, known);
    const outside = scoresOf(score, unknown);
    const aurc = areaUnderRiskCoverage(riskCoverage(inside, isCorrect));
    const at = (threshold: number): Operation => {
      const accepted = (values: readonly number[]) =>
        rateOf(values.filter((value) => value >= threshold).length, values.length);
      return { threshold, coverage: accepted(inside), falseAccepts: accepted(outside) };
    };
    const forCoverage = at(thresholdForCoverage(inside, coverage));
    if (outside.length === 0) return { score, aurc, forCoverage, unknown: null };
    return {
      score,
      aurc,
      forCoverage,
      unknown: {
        auroc: auroc(inside, outside),
        aupr: aupr(inside, outside),
        fpr95: falsePositiveRateAt(inside, outside),
        forFalseAccepts: at(thresholdForFalseAccepts(outside, falseAccepts)),
      },
    };
  });
  const cosine = scores.find(({ score }) => score === 'maxCosine') as ScoreReport;
  const flag = ({ threshold }: Operation) => `--threshold ${threshold}`;
  return {
    known: known.length,
    unknown: unknown.length,
    wantedFalseAccepts: falseAccepts,
    wantedCoverage: coverage,
    scores,
    curve: thinned(riskCoverage(scoresOf('mcm', known), isCorrect)),
    flags: { falseAccepts: cosine.unknown && flag(cosine.unknown.forFalseAccepts), coverage: flag(cosine.forCoverage) },
  };
}

function thinned<T>(points: readonly T[]): T[] {
  const every = Math.max(1, Math.ceil(points.length / mostPoints));
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}
