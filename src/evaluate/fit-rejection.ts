import {
  leastClasses,
  type Rejection,
  type RejectionScore,
  rejectionScore,
  rejectionScores,
} from '../classify/rejection.ts';
import { auroc, thresholdForCoverage, thresholdForFalseAccepts } from './detection.ts';
import { fitLogitScale, isEndOfRange, logitScaleRange } from './logit-scale.ts';

/** Pictures as their cosines with each class. */
export type RejectionPictures = {
  /** Pictures that show one of the classes: [pictures][classes]. */
  known: readonly ArrayLike<number>[];
  /** Which class each known picture shows. */
  labels: readonly number[];
  /** Pictures that show none of them. */
  unknown: readonly ArrayLike<number>[];
};

/** An unknown picture gets an answer with at most this probability; or a known one does with at least this one. */
export type Wanted = { falseAccepts: number } | { coverage: number };

/** How well each score tells known pictures from unknown ones: the chance that a known one has the higher score. */
export type Comparison = { score: RejectionScore; auroc: number }[];

/** Scores that can be computed for so many classes. */
export function usableScores(classes: number): RejectionScore[] {
  return rejectionScores.filter((score) => classes >= leastClasses(score));
}

/**
 * What became of the temperature. It is the model's own unless 'fitted': 'separable' where every label has the highest cosine, so that
 * no temperature is too sure; 'uninformative' where the cosines say nothing of the labels; 'single' where there is one class.
 */
export type TemperatureOutcome = 'fitted' | 'separable' | 'uninformative' | 'single';

/**
 * One temperature for all classes, which minimises the negative log-likelihood of the known pictures' labels (Guo et al. 2017, section 4.2;
 * for CLIP one temperature serves every prompt and data set: LeVine et al. 2023, arXiv 2303.12748).
 * @param logitScale the model's, kept where the pictures do not tell one: at the end of the range every probability would be 1, or alike
 */
export function fitTemperature(
  { known, labels }: RejectionPictures,
  logitScale: number,
): { logitScale: number; outcome: TemperatureOutcome } {
  if ((known[0]?.length ?? 0) < 2) return { logitScale, outcome: 'single' };
  const fitted = fitLogitScale(known, labels);
  if (!isEndOfRange(fitted)) return { logitScale: fitted, outcome: 'fitted' };
  return { logitScale, outcome: fitted >= logitScaleRange.high ? 'separable' : 'uninformative' };
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

/**
 * The least score of an answer that gives what is wanted, by scores of pictures that should get one, and that should not. Where the two
 * kinds are apart, it is the middle between them: no picture would gain by another.
 */
export function thresholdFor(wanted: Wanted, known: readonly number[], unknown: readonly number[]): number {
  const lowest = known.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY);
  const highest = unknown.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const middle = (lowest + highest) / 2;
  if (Number.isFinite(middle) && middle > highest && middle <= lowest) return middle;
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
