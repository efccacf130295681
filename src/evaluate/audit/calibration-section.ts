import { permutation } from '../../random.ts';
import { argmax } from '../accuracy.ts';
import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  probabilitiesOf,
  type ReliabilityBin,
  reliabilityTable,
} from '../calibration.ts';
import { fitLogitScale } from '../logit-scale.ts';

/** How far probabilities can be believed, on some pictures at one logit scale. */
export type Calibration = {
  logitScale: number;
  pictures: number;
  /** Expected calibration error in 15 bins of equal width (Guo et al. 2017, arXiv 1706.04599). */
  ece: number;
  /** The same in 15 bins of equally many pictures. */
  adaptiveEce: number;
  brier: number;
  nll: number;
  reliability: ReliabilityBin[];
};

/**
 * Part D. `temperature` is 1 / `logitScale`; one per model holds over prompts and data sets (LeVine et al., arXiv 2303.12748).
 * It is fitted on one half of the pictures, and `before` and `after` are of the other half; null with fewer than 60 pictures.
 */
export type CalibrationSection = {
  asIs: Calibration;
  fitted: {
    logitScale: number;
    temperature: number;
    fittedOn: number;
    before: Calibration;
    after: Calibration;
  } | null;
};

const fewestToFit = 60;

/** @param scores cosines, one row per picture with one value per class */
export function calibrationSection(
  scores: readonly Float32Array[],
  labels: readonly number[],
  { logitScale, seed }: { logitScale: number; seed: number },
): CalibrationSection {
  const asIs = calibrationOf(scores, labels, logitScale);
  if (scores.length < fewestToFit) return { asIs, fitted: null };
  const order = permutation(scores.length, seed);
  const middle = Math.floor(scores.length / 2);
  const half = (start: number, end: number) => {
    const rows = [...order.subarray(start, end)];
    return { scores: rows.map((row) => scores[row] as Float32Array), labels: rows.map((row) => labels[row] as number) };
  };
  const [fit, held] = [half(0, middle), half(middle, scores.length)];
  const scale = fitLogitScale(fit.scores, fit.labels);
  const fitted = {
    logitScale: scale,
    temperature: 1 / scale,
    fittedOn: middle,
    before: calibrationOf(held.scores, held.labels, logitScale),
    after: calibrationOf(held.scores, held.labels, scale),
  };
  return { asIs, fitted };
}

function calibrationOf(scores: readonly Float32Array[], labels: readonly number[], logitScale: number): Calibration {
  const probabilities = scores.map((row) => probabilitiesOf(row, logitScale));
  const predicted = scores.map((row) => argmax(row));
  const confidences = probabilities.map((row, at) => row[predicted[at] as number] as number);
  const isCorrect = predicted.map((label, at) => label === labels[at]);
  return {
    logitScale,
    pictures: scores.length,
    ece: expectedCalibrationError(confidences, isCorrect),
    adaptiveEce: adaptiveCalibrationError(confidences, isCorrect),
    brier: brierScore(probabilities, labels),
    nll: negativeLogLikelihood(probabilities, labels),
    reliability: reliabilityTable(confidences, isCorrect),
  };
}
