import { assertFinite, assertLabel, assertSameCount } from './check-samples.ts';

/** A kind of mistake: pictures of the class `label` that were taken for `predicted`. */
export type ConfusionPair = {
  label: number;
  predicted: number;
  count: number;
  /** Of the pictures of the class `label`, in (0, 1]. */
  share: number;
};

/**
 * The index of the greatest score; of equal ones the first, as `classify` ranks them.
 * @throws TypeError on an empty row, RangeError on a number that is not finite
 */
export function argmax(row: ArrayLike<number>): number {
  assertSameCount('find the best class', { scores: row.length });
  assertFinite('find the best class', 'score', row);
  let best = 0;
  for (let index = 1; index < row.length; index++) if ((row[index] as number) > (row[best] as number)) best = index;
  return best;
}

/**
 * Share of rows whose right class is among the k with the greatest scores: `acc1` and `acc5` of CLIP_benchmark. Of equal
 * scores the lower index goes first, so that k = 1 agrees with `argmax`. (torch.topk leaves that order open; scikit-learn
 * takes the higher index.)
 * @param scores rows x classes: cosines, logits or probabilities
 * @param labels the right class of each row
 * @param k from 1 to the number of classes
 * @returns 0 to 1
 * @throws TypeError on lists of different lengths, RangeError on a number that is not finite and on k or labels out of range
 */
export function topKAccuracy(scores: readonly ArrayLike<number>[], labels: readonly number[], k: number): number {
  const action = `compute top-${k} accuracy`;
  assertSameCount(action, { scores: scores.length, labels: labels.length });
  let found = 0;
  for (const [sample, row] of scores.entries()) {
    if (!Number.isInteger(k) || k < 1 || k > row.length)
      throw new RangeError(`Cannot ${action}: expected k from 1 to ${row.length}, the number of classes, but got ${k}`);
    const label = labels[sample] as number;
    assertLabel(action, label, row.length);
    assertFinite(action, 'score', row);
    const own = row[label] as number;
    let before = 0;
    for (let index = 0; index < row.length; index++) {
      const score = row[index] as number;
      if (score > own || (score === own && index < label)) before++;
    }
    if (before < k) found++;
  }
  return found / scores.length;
}

/**
 * Mean over the classes that occur of the share of their pictures that were recognised: every class counts the same
 * (scikit-learn's `balanced_accuracy_score`, CLIP_benchmark's `mean_per_class_recall`).
 * @returns 0 to 1
 */
export function meanPerClassRecall(predicted: readonly number[], labels: readonly number[]): number {
  assertSameCount('compute the mean per-class recall', { predictions: predicted.length, labels: labels.length });
  const counts = new Map<number, { all: number; right: number }>();
  for (const [sample, label] of labels.entries()) {
    const { all, right } = counts.get(label) ?? { all: 0, right: 0 };
    counts.set(label, { all: all + 1, right: right + Number(predicted[sample] === label) });
  }
  let sum = 0;
  for (const { all, right } of counts.values()) sum += right / all;
  return sum / counts.size;
}

/**
 * How often pictures of each class were taken for each class.
 * @returns [true class][predicted class]
 * @throws TypeError on lists of different lengths, RangeError on a class that does not exist
 */
export function confusionMatrix(
  predicted: readonly number[],
  labels: readonly number[],
  classCount: number,
): number[][] {
  const action = 'count mistakes';
  assertSameCount(action, { predictions: predicted.length, labels: labels.length });
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (const [sample, label] of labels.entries()) {
    const guess = predicted[sample] as number;
    assertLabel(action, label, classCount);
    assertLabel(action, guess, classCount);
    const row = matrix[label] as number[];
    row[guess] = (row[guess] as number) + 1;
  }
  return matrix;
}

/**
 * The most frequent mistakes, the most frequent first; of equally frequent ones that with the greater share of its class.
 * @param matrix [true class][predicted class]
 * @param most how many to return
 */
export function confusionPairs(matrix: readonly (readonly number[])[], most: number): ConfusionPair[] {
  return matrix
    .flatMap((row, label) => {
      const all = row.reduce((sum, count) => sum + count, 0);
      return row.flatMap((count, predicted) =>
        count > 0 && predicted !== label ? [{ label, predicted, count, share: count / all }] : [],
      );
    })
    .sort((one, other) => other.count - one.count || other.share - one.share)
    .slice(0, most);
}
