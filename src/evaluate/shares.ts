import { permutation } from '../random.ts';
import { type Interval, wilsonInterval } from './intervals.ts';

/** A figure with its 95 % interval. */
export type Estimate = Interval & { value: number };

/** A share of pictures, with Wilson's 95 % interval; the value of 0 of 0 is NaN. */
export type Share = Estimate & { count: number; of: number };

export function share(count: number, of: number): Share {
  return { count, of, value: count / of, ...wilsonInterval(count, of) };
}

/** Two halves, drawn by the seed; of an odd number the first has one more. Lists of one length are cut alike. */
export function cut<T>(items: readonly T[], seed: number): [first: T[], second: T[]] {
  const drawn = Array.from(permutation(items.length, seed), (index) => items[index] as T);
  const middle = Math.ceil(items.length / 2);
  return [drawn.slice(0, middle), drawn.slice(middle)];
}
