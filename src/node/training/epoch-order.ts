import { permutation, sampleSeed } from '../../random.ts';
import type { PairList, PairWeight } from '../pair-list.ts';

/** Pairs that an epoch shows: each as often as its weight says, rounded to whole pairs of each source. */
export function pairsPerEpoch({ length, weights }: Pick<PairList, 'length' | 'weights'>): number {
  return weights === undefined ? length : weights.reduce((sum, run) => sum + wholeTimes(run) + partOf(run), 0);
}

/** What an epoch shows, turn by turn: the index of the pair, and the turn's own number, from which its seed follows. */
export type EpochOrder = { pairs: Uint32Array; turns: Uint32Array };

/**
 * The order of an epoch, by (seed, epoch) alone. A pair with the weight 2.5 is shown twice, and in every other epoch once more: the
 * half that has its turn moves on through an order of all of them, so that none is shown more than once above another.
 */
export function epochOrder(list: Pick<PairList, 'length' | 'weights'>, seed: number, epoch: number): EpochOrder {
  const turns = permutation(pairsPerEpoch(list), sampleSeed(seed, epoch));
  if (list.weights === undefined) return { pairs: turns, turns };
  const shown = new Uint32Array(turns.length);
  let [turn, first] = [0, 0];
  for (const [source, run] of list.weights.entries()) {
    for (let times = 0; times < Math.floor(run.weight); times++)
      for (let at = 0; at < run.pairs; at++) shown[turn++] = first + at;
    const part = partOf(run);
    const order = part === 0 ? undefined : permutation(run.pairs, sampleSeed(seed, mixPlace, source));
    for (let at = 0; at < part; at++) shown[turn++] = first + (order?.[(epoch * part + at) % run.pairs] as number);
    first += run.pairs;
  }
  return { pairs: turns.map((each) => shown[each] as number), turns };
}

function wholeTimes({ pairs, weight }: PairWeight): number {
  return Math.floor(weight) * pairs;
}

/** Pairs that are shown once more than the others. */
function partOf({ pairs, weight }: PairWeight): number {
  return Math.round((weight - Math.floor(weight)) * pairs);
}

/** Keeps the seeds of these orders apart from those of epochs, which count from 0, and from the split's. */
const mixPlace = 2 ** 41;
