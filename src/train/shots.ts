import { permutation, sampleSeed } from '../random.ts';

/**
 * Takes a handful of each class, drawn by a seed: what few-shot figures are of (CLIP, figure 6). A class that has fewer gives all.
 * @param labels the class of each item
 * @returns places of the items taken and of the rest, in their order
 */
export function takeShots(
  labels: readonly (string | number)[],
  shots: number,
  seed: number,
): { taken: number[]; rest: number[] } {
  if (!Number.isSafeInteger(shots) || shots < 1)
    throw new RangeError(`Cannot take shots: expected a positive whole number of each class but got ${shots}`);
  return takeOfEach(labels, seed, () => shots);
}

/**
 * Takes a share of each class, drawn by a seed: one at least where a class has two or more, never its last.
 * @param share above 0, below 1
 */
export function takeShare(
  labels: readonly (string | number)[],
  share: number,
  seed: number,
): { taken: number[]; rest: number[] } {
  if (!(share > 0 && share < 1))
    throw new RangeError(`Cannot take a share: expected a number between 0 and 1 but got ${share}; a tenth is 0.1`);
  return takeOfEach(labels, seed, (count) => Math.min(count - 1, Math.max(1, Math.round(share * count))));
}

function takeOfEach(labels: readonly (string | number)[], seed: number, countOf: (count: number) => number) {
  const classes = new Map<string | number, number[]>();
  for (const [item, label] of labels.entries()) {
    const items = classes.get(label);
    if (items) items.push(item);
    else classes.set(label, [item]);
  }
  const taken = new Set<number>();
  for (const [number, items] of [...classes.values()].entries()) {
    const order = permutation(items.length, sampleSeed(seed, number));
    for (const place of order.subarray(0, countOf(items.length))) taken.add(items[place] as number);
  }
  const all = labels.map((_, item) => item);
  return { taken: all.filter((item) => taken.has(item)), rest: all.filter((item) => !taken.has(item)) };
}
