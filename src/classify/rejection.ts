/**
 * "I don't know": a number that is high where a picture shows one of the classes and low where it shows none, and the least
 * that counts as an answer. No threshold fits every model and set of classes: `clip-tfjs calibrate` finds one.
 */

/** The numbers that can decide. Each is higher, the more surely the picture shows one of the classes. */
export const rejectionScores = ['mcm', 'maxCosine', 'margin', 'entropy'] as const;

/**
 * - `mcm`: the highest probability, softmax of logitScale · cosine (maximum concept matching, Ming et al. 2022, arXiv 2211.13445, equation 1, whose temperature is 1; here it is the fitted one); 0 to 1
 * - `maxCosine`: the highest cosine, which needs no temperature; -1 to 1
 * - `margin`: how far the highest probability is above the second (best versus second best, Joshi et al. 2009); 0 to 1
 * - `entropy`: the negated entropy of the probabilities in nats (a baseline of Liu et al. 2023, GEN); at most 0
 */
export type RejectionScore = (typeof rejectionScores)[number];

/** What a classifier rejects by. */
export type Rejection = {
  score: RejectionScore;
  /** The least score that counts as an answer. */
  threshold: number;
  /** What cosines are multiplied by before the softmax: 1 / temperature, fitted on labelled pictures. */
  logitScale: number;
};

/** What decided whether a picture got an answer: it got one where `value` is at least `threshold`. */
export type Decision = { score: RejectionScore | 'background'; value: number; threshold: number };

/**
 * @param cosines a picture's cosine with each class
 * @param logitScale what they are multiplied by
 * @throws RangeError on no classes, and on one class for a score that compares classes
 */
export function rejectionScore(score: RejectionScore, cosines: ArrayLike<number>, logitScale: number): number {
  if (cosines.length < leastClasses(score)) {
    const expected = leastClasses(score) === 1 ? 'a class' : 'two classes or more, for it compares them,';
    throw new RangeError(`Cannot compute '${score}': expected ${expected} but got ${cosines.length}; take 'maxCosine'`);
  }
  const [first, second] = highestTwo(cosines);
  if (score === 'maxCosine') return first;
  let sum = 0; // of e^(logit - highest logit)
  let weighted = 0; // of the same times (logit - highest logit)
  for (let i = 0; i < cosines.length; i++) {
    const logit = logitScale * ((cosines[i] as number) - first);
    const weight = Math.exp(logit);
    sum += weight;
    if (weight > 0) weighted += weight * logit;
  }
  if (score === 'mcm') return 1 / sum;
  if (score === 'margin') return -Math.expm1(logitScale * (second - first)) / sum;
  return weighted / sum - Math.log(sum); // sum of p · log p
}

/** How many classes a score needs: with one class its probability is 1 whatever the picture shows. */
export function leastClasses(score: RejectionScore): number {
  return score === 'maxCosine' ? 1 : 2;
}

function highestTwo(values: ArrayLike<number>): [number, number] {
  let [first, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  return [first, second];
}
