import { cosinesOf } from '../cosines.ts';
import { softmax } from '../softmax.ts';
import { backgroundCosine } from './background.ts';
import type { Classifier } from './classifier.ts';
import { type Decision, rejectionScore } from './rejection.ts';

/** How well a class fits a picture. */
export type RankedClass = {
  label: string;
  /** Cosine, -1 to 1; matching pairs of a trained CLIP have 0.2 to 0.35. */
  similarity: number;
  /** Softmax over the classes: which of these fits best, never whether any does. */
  probability: number;
};

export type Classification = {
  /** The first of `ranked`; undefined ("I don't know") where the decision is against it. */
  best: RankedClass | undefined;
  /** Every class, the best first. */
  ranked: RankedClass[];
  /** What decided whether there is an answer; undefined where nothing does, and there always is one. */
  decision: Decision | undefined;
};

/**
 * Ranks the classes for a picture's unit vector, and decides whether the first is an answer.
 * @param logitScale the model's; a classifier that was calibrated has its own
 * @param threshold the least cosine that counts as an answer; without it the classifier's rejection decides, if it has one
 */
export function rank(
  row: Float32Array,
  classifier: Classifier,
  logitScale: number,
  threshold?: number,
): Classification {
  const { classNames, weights, rejection } = classifier;
  const cosines = cosinesOf(row, weights);
  const probabilities = softmax(cosines, rejection?.logitScale ?? logitScale);
  const ranked = classNames
    .map((label, index) => ({
      label,
      similarity: cosines[index] as number,
      probability: probabilities[index] as number,
    }))
    .sort((one, other) => other.similarity - one.similarity);
  const decision = decide(row, cosines, classifier, threshold);
  return { best: isAnswer(decision) ? ranked[0] : undefined, ranked, decision };
}

/** A neutral prompt that wins is the end of it; else the threshold decides, the given one or the fitted one. */
function decide(
  row: Float32Array,
  cosines: Float64Array,
  { background, rejection }: Classifier,
  threshold: number | undefined,
): Decision | undefined {
  const highest = cosines.reduce((most, cosine) => Math.max(most, cosine), -1);
  const against: Decision | undefined = background && {
    score: 'background',
    value: highest - backgroundCosine(row, background),
    threshold: 0,
  };
  if (against && !isAnswer(against)) return against;
  if (threshold !== undefined) return { score: 'maxCosine', value: highest, threshold };
  if (!rejection) return against;
  const { score, logitScale } = rejection;
  return { score, value: rejectionScore(score, cosines, logitScale), threshold: rejection.threshold };
}

function isAnswer(decision: Decision | undefined): boolean {
  return decision === undefined || decision.value >= decision.threshold;
}
