import { type Interval, wilsonInterval } from './intervals.ts';

/** How the pictures of one class fared. */
export type ClassResult = {
  label: string;
  /** Pictures of it; a class without any is left out. */
  count: number;
  /** Share of them that was recognised, with Wilson's interval. */
  recall: number;
  interval: Interval;
  /** Share of the pictures taken for it that are of it; null where none was. */
  precision: number | null;
  /** What else its pictures were most often taken for. */
  confusedWith: string | null;
};

/**
 * Results by class, in the order of the names.
 * @param answers classes as indices of names
 */
export function classResults(
  answers: readonly { label: number; predicted: number }[],
  classNames: readonly string[],
  level: number,
): ClassResult[] {
  const tallies = classNames.map(() => ({ count: 0, right: 0, taken: 0, wrong: new Map<number, number>() }));
  for (const { label, predicted } of answers) {
    const [own, guess] = [tallies[label]!, tallies[predicted]!];
    own.count++;
    guess.taken++;
    if (label === predicted) own.right++;
    else own.wrong.set(predicted, (own.wrong.get(predicted) ?? 0) + 1);
  }
  return tallies.flatMap(({ count, right, taken, wrong }, index) => {
    if (count === 0) return [];
    const [most] = [...wrong].sort((one, other) => other[1] - one[1]);
    const result: ClassResult = {
      label: classNames[index] as string,
      count,
      recall: right / count,
      interval: wilsonInterval(right, count, level),
      precision: taken === 0 ? null : right / taken,
      confusedWith: most === undefined ? null : (classNames[most[0]] as string),
    };
    return [result];
  });
}
