import { type ConfusionPair, confusionMatrix } from './accuracy.ts';

/**
 * The most frequent mistakes, as `confusionPairs` has them, counted without a matrix: with 20,000 classes that would hold
 * 400 million numbers.
 */
export function frequentMistakes(
  predicted: readonly number[],
  labels: readonly number[],
  most: number,
): ConfusionPair[] {
  const all = new Map<number, number>();
  const mistakes = new Map<string, { label: number; predicted: number; count: number }>();
  for (const [sample, label] of labels.entries()) {
    all.set(label, (all.get(label) ?? 0) + 1);
    const guess = predicted[sample] as number;
    if (guess === label) continue;
    const key = `${label} ${guess}`;
    const { count } = mistakes.get(key) ?? { count: 0 };
    mistakes.set(key, { label, predicted: guess, count: count + 1 });
  }
  return [...mistakes.values()]
    .map((mistake) => ({ ...mistake, share: mistake.count / (all.get(mistake.label) as number) }))
    .sort((one, other) => other.count - one.count || other.share - one.share)
    .slice(0, most);
}

/** A part of a confusion matrix. */
export type PartOfMatrix = {
  /** The classes that it has, in their order. */
  classes: number[];
  /** [true class][predicted class], both as in `classes`. */
  counts: number[][];
  /** For each of the classes, how many of its samples were taken for a class that is left out. */
  others: number[];
};

/**
 * The confusion matrix of the classes that are confused the most: whole where there are no more than `most` classes.
 * @param most classes to have
 */
export function mostConfused(
  predicted: readonly number[],
  labels: readonly number[],
  classCount: number,
  most: number,
): PartOfMatrix {
  const classes = classCount <= most ? Array.from({ length: classCount }, (_, index) => index) : confused();
  const place = new Map(classes.map((index, at) => [index, at]));
  const rows = [...labels.keys()].filter((sample) => place.has(labels[sample] as number));
  const within = (index: number | undefined) => place.get(index as number) ?? classes.length;
  if (rows.length === 0)
    return { classes, counts: classes.map(() => classes.map(() => 0)), others: classes.map(() => 0) };
  const whole = confusionMatrix(
    rows.map((sample) => within(predicted[sample])),
    rows.map((sample) => within(labels[sample])),
    classes.length + 1,
  ).slice(0, classes.length);
  return { classes, counts: whole.map((row) => row.slice(0, -1)), others: whole.map((row) => row.at(-1) as number) };

  /** The classes of the most frequent mistakes; of equally frequent ones, between those that have most to do with mistakes. */
  function confused(): number[] {
    const mistakes = frequentMistakes(predicted, labels, Number.POSITIVE_INFINITY);
    const part = new Map<number, number>();
    for (const { label, predicted: guess, count } of mistakes)
      for (const index of [label, guess]) part.set(index, (part.get(index) ?? 0) + count);
    const weight = ({ label, predicted: guess }: ConfusionPair) => (part.get(label) ?? 0) + (part.get(guess) ?? 0);
    mistakes.sort((one, other) => other.count - one.count || weight(other) - weight(one));
    const some = new Set<number>();
    for (const { label, predicted: guess } of mistakes)
      if (new Set([...some, label, guess]).size <= most) for (const index of [label, guess]) some.add(index);
    for (const label of labels) if (some.size < most) some.add(label);
    return [...some].sort((one, other) => one - other);
  }
}
