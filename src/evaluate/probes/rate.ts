import { wilsonInterval } from '../intervals.ts';

/** A share of pictures, with Wilson's interval of 95 %. */
export type Rate = { count: number; n: number; rate: number; low: number; high: number };

/** @throws RangeError on no pictures */
export function rateOf(count: number, n: number): Rate {
  if (n === 0) throw new RangeError('Cannot give a rate: expected at least one picture but got none');
  const { low, high } = wilsonInterval(count, n);
  return { count, n, rate: count / n, low, high };
}

/** The share of the true ones. */
export function rateOfTrue(outcomes: readonly boolean[]): Rate {
  return rateOf(outcomes.filter(Boolean).length, outcomes.length);
}
