import type { Rejection, RejectionScore } from '../classify/rejection.ts';
import {
  type Comparison,
  compareScores,
  fitRejection,
  fitTemperature,
  type RejectionPictures,
  type Wanted,
} from './fit-rejection.ts';
import { type HeldOut, measureHeldOut } from './held-out.ts';
import { cut } from './shares.ts';

export type CalibrationOptions = {
  wanted: Wanted;
  /** By default the one that tells known from unknown best on the half that is fitted. */
  score?: RejectionScore;
  /** The model's own, before it is fitted. */
  logitScale: number;
  /** Which pictures are held out, and what the intervals are drawn by. */
  seed: number;
};

export type Calibration = {
  /** Fitted on all pictures: what is kept. */
  rejection: Rejection;
  /** How the scores compare on the fitted half, by which one was chosen. */
  comparison: Comparison;
  /** The same steps on one half, measured on the other. */
  heldOut: HeldOut;
};

/**
 * Fits temperature and threshold. Half of the known and half of the unknown pictures, drawn by the seed, are held out: the score
 * is chosen on the first half, and what it gives is measured on the second, so no figure is on data that it was fitted to. What is
 * kept is then fitted by the same steps on all pictures, so it should do no worse than the figures say.
 * @throws RangeError on fewer than two known or two unknown pictures
 */
export function calibrate(
  pictures: RejectionPictures,
  { wanted, score, logitScale, seed }: CalibrationOptions,
): Calibration {
  const { known, unknown } = pictures;
  if (known.length < 2 || unknown.length < 2)
    throw new RangeError(
      `Cannot calibrate: expected two known and two unknown pictures at least but got ${known.length} and ${unknown.length}`,
    );
  const [first, second] = halve(pictures, seed);
  const fitted = fitTemperature(first, logitScale);
  const comparison = compareScores(first, fitted);
  const chosen = score ?? (comparison[0] as Comparison[number]).score;
  const onHalf = fitRejection(first, wanted, chosen, fitted);
  return {
    rejection: fitRejection(pictures, wanted, chosen, fitTemperature(pictures, logitScale)),
    comparison,
    heldOut: measureHeldOut(second, onHalf, logitScale, seed),
  };
}

/** Two halves of the known and of the unknown pictures; of an odd number the first has one more. */
export function halve(
  { known, labels, unknown }: RejectionPictures,
  seed: number,
): [first: RejectionPictures, second: RejectionPictures] {
  const [firstKnown, secondKnown] = cut(known, seed);
  const [firstLabels, secondLabels] = cut(labels, seed);
  const [firstUnknown, secondUnknown] = cut(unknown, seed);
  return [
    { known: firstKnown, labels: firstLabels, unknown: firstUnknown },
    { known: secondKnown, labels: secondLabels, unknown: secondUnknown },
  ];
}
