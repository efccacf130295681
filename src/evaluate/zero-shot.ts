import type { Classifier } from '../classify/classifier.ts';
import { argmax, meanPerClassRecall, topKAccuracy } from './accuracy.ts';
import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  negativeLogLikelihood,
  probabilitiesOf,
  type ReliabilityBin,
  reliabilityTable,
} from './calibration.ts';
import { assertLabel, assertSameCount } from './check-samples.ts';
import { type ClassResult, classResults } from './class-results.ts';
import { frequentMistakes } from './confusions.ts';
import { cosinesOf } from './cosines.ts';
import { type Interval, wilsonInterval } from './intervals.ts';
import { recallInterval } from './recall-interval.ts';
import { areaUnderRiskCoverage, type RiskCoveragePoint, riskCoverage } from './risk-coverage.ts';

/** What a classifier says of one picture. Classes are indices. */
export type ZeroShotAnswer = {
  label: number;
  predicted: number;
  isCorrect: boolean;
  /** Cosine of the picture with the predicted class. */
  similarity: number;
  /** Probability of the predicted class, 0 to 1. */
  confidence: number;
  /** Probability of the right class, 0 to 1. */
  labelProbability: number;
};

/** CLIP_benchmark's names. `acc5` is null where there are fewer than five classes. */
export type ZeroShotMetrics = { acc1: number; acc5: number | null; mean_per_class_recall: number };

export type ZeroShotEvaluation = {
  /** Pictures, and classes among which they were told apart. */
  count: number;
  classCount: number;
  metrics: ZeroShotMetrics;
  /** Wilson's for the accuracies, `recallInterval` for the mean per-class recall. */
  intervals: { acc1: Interval; acc5: Interval | null; mean_per_class_recall: Interval };
  calibration: {
    logitScale: number;
    meanConfidence: number;
    ece: number;
    adaptiveEce: number;
    brier: number;
    nll: number;
    reliability: ReliabilityBin[];
  };
  /** What would be gained by answering only where the confidence is high. */
  riskCoverage: RiskCoveragePoint[];
  aurc: number;
  confusions: { label: string; predicted: string; count: number; share: number }[];
  /** In the classifier's order. */
  classes: ClassResult[];
  /** One per picture, in their order. */
  answers: ZeroShotAnswer[];
};

export type ZeroShotOptions = {
  /** Of the intervals; 0.95 by default. */
  level?: number;
  /** Confusions to name; 20 by default. */
  mostConfusions?: number;
};

/** Unit vectors [embedDim] of pictures with the index of the class of each. */
export type LabelledEmbeddings = { embeddings: readonly Float32Array[]; labels: readonly number[] };

/**
 * Evaluates zero-shot classification. Only one picture's scores are held at a time, so many pictures and many classes need
 * no memory. Of classes with equal cosines the first is the answer.
 * @param logitScale the multiplier of cosines, `clip.logitScale`
 * @throws TypeError on other counts of labels and pictures, or none; RangeError on labels that are no class, NaN, or a
 *   classifier of another width
 */
export function evaluateZeroShot(
  { embeddings, labels }: LabelledEmbeddings,
  { classNames, weights }: Pick<Classifier, 'classNames' | 'weights'>,
  logitScale: number,
  { level = 0.95, mostConfusions = 20 }: ZeroShotOptions = {},
): ZeroShotEvaluation {
  assertSameCount('evaluate', { embeddings: embeddings.length, labels: labels.length });
  for (const label of labels) assertLabel('evaluate', label, classNames.length);
  const count = labels.length;
  const hasFive = classNames.length >= 5;
  const sums = { right: 0, inFive: 0, brier: 0, nll: 0, confidence: 0 };
  const answers = embeddings.map((embedding, picture): ZeroShotAnswer => {
    const label = labels[picture] as number;
    const cosines = cosinesOf(embedding, weights);
    const probabilities = probabilitiesOf(cosines, logitScale);
    const predicted = argmax(cosines);
    const confidence = Math.min(1, probabilities[predicted] as number);
    sums.right += Number(predicted === label);
    if (hasFive) sums.inFive += topKAccuracy([cosines], [label], 5);
    sums.brier += brierScore([probabilities], [label]);
    sums.nll += negativeLogLikelihood([probabilities], [label]);
    sums.confidence += confidence;
    const labelProbability = probabilities[label] as number;
    const similarity = cosines[predicted] as number;
    return { label, predicted, isCorrect: predicted === label, similarity, confidence, labelProbability };
  });
  const predicted = answers.map((answer) => answer.predicted);
  const confidences = answers.map(({ confidence }) => confidence);
  const isCorrect = answers.map((answer) => answer.isCorrect);
  const curve = riskCoverage(confidences, isCorrect);
  const name = (index: number) => classNames[index] as string;
  return {
    count,
    classCount: classNames.length,
    metrics: {
      acc1: sums.right / count,
      acc5: hasFive ? sums.inFive / count : null,
      mean_per_class_recall: meanPerClassRecall(predicted, labels),
    },
    intervals: {
      acc1: wilsonInterval(sums.right, count, level),
      acc5: hasFive ? wilsonInterval(sums.inFive, count, level) : null,
      mean_per_class_recall: recallInterval(predicted, labels, level),
    },
    calibration: {
      logitScale,
      meanConfidence: sums.confidence / count,
      ece: expectedCalibrationError(confidences, isCorrect),
      adaptiveEce: adaptiveCalibrationError(confidences, isCorrect),
      brier: sums.brier / count,
      nll: sums.nll / count,
      reliability: reliabilityTable(confidences, isCorrect),
    },
    riskCoverage: curve,
    aurc: areaUnderRiskCoverage(curve),
    confusions: frequentMistakes(predicted, labels, mostConfusions).map((pair) => ({
      ...pair,
      label: name(pair.label),
      predicted: name(pair.predicted),
    })),
    classes: classResults(answers, classNames, level),
    answers,
  };
}
