import { sampleSeed } from '../../src/random.ts';
import { shuffled } from './chance.ts';
import type { Concept } from './concepts.ts';
import type { Recipe } from './recipe.ts';

/**
 * The order in which concepts are trained on: a function of the seed and the place, so that a run that was stopped goes on
 * as if it had not been.
 * @param trained which concepts there are drawings of
 * @returns the concept at a place, counted over the whole run
 */
export function createOrder(
  concepts: readonly Concept[],
  trained: readonly number[],
  { flagsEvery, clusteredEvery }: Recipe['sampling'],
  seed: number,
): (place: number) => number {
  const flags = trained.filter((index) => concepts[index]?.isFlag);
  const others = trained.filter((index) => !concepts[index]?.isFlag);
  const flagsAtOnce = Math.ceil(flags.length / flagsEvery);
  const length = others.length + flagsAtOnce;
  const epochs = new Map<number, readonly number[]>();

  function orderOf(epoch: number): readonly number[] {
    const some = shuffled(flags, seed, epoch, 0).slice(0, flagsAtOnce);
    const mixed = shuffled([...others, ...some], seed, epoch, 1);
    return epoch % clusteredEvery === clusteredEvery - 1
      ? clustered(mixed, concepts, sampleSeed(seed, epoch, 2))
      : mixed;
  }

  return (place) => {
    const epoch = Math.floor(place / length);
    const order = epochs.get(epoch) ?? orderOf(epoch);
    if (!epochs.has(epoch)) {
      epochs.clear();
      epochs.set(epoch, order);
    }
    return order[place % length] as number;
  };
}

/** Subgroup after subgroup, in random order. */
function clustered(mixed: readonly number[], concepts: readonly Concept[], seed: number): number[] {
  const bySubgroup = new Map<string, number[]>();
  for (const index of mixed) {
    const { subgroup } = concepts[index] as Concept;
    bySubgroup.set(subgroup, [...(bySubgroup.get(subgroup) ?? []), index]);
  }
  return shuffled([...bySubgroup.values()], seed).flat();
}
