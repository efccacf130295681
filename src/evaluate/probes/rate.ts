import { type Rate, rateOf } from '../groups.ts';

/** The share of the true ones. @throws RangeError on none */
export function rateOfTrue(outcomes: readonly boolean[]): Rate {
  if (outcomes.length === 0) throw new RangeError('Cannot give a rate: expected at least one picture but got none');
  return rateOf(outcomes.filter(Boolean).length, outcomes.length);
}
