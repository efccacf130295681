import { permutation, sampleSeed } from '../../src/random.ts';

/** The items in an order that depends on the seed alone. */
export function shuffled<T>(items: readonly T[], ...seed: readonly [number, ...number[]]): T[] {
  return Array.from(permutation(items.length, sampleSeed(...seed)), (index) => items[index] as T);
}

/** One of the items, each as likely as its weight says. */
export function drawWeighted<T>(items: readonly (readonly [item: T, weight: number])[], uniform: () => number): T {
  let left = uniform() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  throw new RangeError('Cannot draw: expected an item with a weight above 0 but got none');
}
