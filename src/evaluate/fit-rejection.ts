import {
  leastClasses,
  type Rejection,
  type RejectionScore,
  rejectionScore,
  rejectionScores,
} from '../classify/rejection.ts';
import { auroc, thresholdForCoverage, thresholdForFalseAccepts } from './detection.ts';
import { fitLogitScale } from './logit-scale.ts';

/** Pictures as their cosines with each class. */
export type RejectionPictures = {
  /** Pictures that show one of the classes: [pictures][classes]. */
  known: readonly ArrayLike<number>[];
  /** Which class each known picture shows. */
  labels: readonly number[];
  /** Pictures that show none of them. */
  unknown: readonly ArrayLike<number>[];
};

/** At most this share of the unknown pictures gets an answer; or at least this share of the known ones does. */
export type Wanted = { falseAccepts: number } | { coverage: number };

/** How well each score tells known pictures from unknown ones: the chance that a known one has the higher score. */
export type Comparison = { score: RejectionScore; auroc: number }[];

/** Scores that can be computed for so many classes. */
export function usableScores(classes: number): RejectionScore[] {
  return rejectionScores.filter((score) => classes >= leastClasses(score));
}

/**
 * One temperature for all classes, which minimises the negative log-likelihood of the known pictures' labels (Guo et al. 2017, section 4.2;
 * for CLIP one temperature serves every prompt and data set: LeVine et al. 2023, arXiv 2303.12748).
 * @param logitScale the model's, kept where there is one class and nothing to fit
 */
export function fitTemperature({ known, labels }: RejectionPictures, logitScale: number): number {
  return (known[0]?.length ?? 0) < 2 ? logitScale : fitLogitScale(known, labels);
}

/** Every usable score's AUROC, the best first; of equals the one that stands first in `rejectionScores`. */
export function compareScores(pictures: RejectionPictures, logitScale: number): Comparison {
  return usableScores(pictures.known[0]?.length ?? 0)
    .map((score) => ({ score, auroc: auroc(...scoresOf(pictures, score, logitScale)) }))
    .sort((one, other) => other.auroc - one.auroc);
}

/** The threshold at which a score gives what is wanted on these pictures. */
export function fitRejection(
  pictures: RejectionPictures,
  wanted: Wanted,
  score: RejectionScore,
  logitScale: number,
): Rejection {
  const [known, unknown] = scoresOf(pictures, score, logitScale);
  return { score, threshold: thresholdFor(wanted, known, unknown), logitScale };
}

/** The least score of an answer that gives what is wanted: by scores of pictures that should get one, and that should not. */
export function thresholdFor(wanted: Wanted, known: readonly number[], unknown: readonly number[]): number {
  return 'falseAccepts' in wanted
    ? thresholdForFalseAccepts(unknown, wanted.falseAccepts)
    : thresholdForCoverage(known, wanted.coverage);
}

/** The scores of the known pictures and of the unknown ones. */
export function scoresOf(
  { known, unknown }: RejectionPictures,
  score: RejectionScore,
  logitScale: number,
): [known: number[], unknown: number[]] {
  const of = (rows: readonly ArrayLike<number>[]) => rows.map((row) => rejectionScore(score, row, logitScale));
  return [of(known), of(unknown)];
}
