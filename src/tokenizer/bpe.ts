import { createHeap } from './heap.ts';

/** Merges by the ids of their parts: which comes first, and what it makes. */
export type MergeTable = {
  /** Number of tokens: `left * size + right` is the key of a pair. */
  size: number;
  /** Rank of each pair: 0 is merged first. */
  ranks: ReadonlyMap<number, number>;
  /** Id of the token that the merge of that rank makes. */
  results: readonly number[];
};

/**
 * Byte pair encoding (Sennrich et al. 2016, algorithm 1): of all neighbouring pairs in the word take the one that was
 * learned first, merge it wherever it occurs, from left to right, and repeat until no pair is left that was learned.
 *
 * Written over a linked list and a heap of the pairs in it, so that a word of n letters takes O(n log n) steps instead
 * of O(n^2).
 * @param word ids of its letters, in order
 * @returns ids of the tokens it is made of
 */
export function encodeWord(word: readonly number[], { size, ranks, results }: MergeTable): number[] {
  const ids = [...word]; // -1 once merged into the token before it
  const next = ids.map((_, at) => at + 1);
  const previous = ids.map((_, at) => at - 1);
  const pairs = createHeap<{ rank: number; at: number }>(
    (a, b) => a.rank < b.rank || (a.rank === b.rank && a.at < b.at),
  );

  function rankAt(at: number): number | undefined {
    const right = next[at]!;
    return right < ids.length ? ranks.get(ids[at]! * size + ids[right]!) : undefined;
  }

  function offer(at: number): void {
    const rank = rankAt(at);
    if (rank !== undefined) pairs.push({ rank, at });
  }

  for (let at = 0; at < ids.length; at++) offer(at);
  for (let best = pairs.peek(); best; best = pairs.peek()) {
    // Every place where the best pair occurs is merged before the pairs that this makes are looked at.
    const places: number[] = [];
    while (pairs.peek()?.rank === best.rank) places.push(pairs.pop()!.at);
    for (const at of places) {
      if (ids[at] === -1 || rankAt(at) !== best.rank) continue; // an overlapping merge took one of its parts
      const right = next[at]!;
      ids[at] = results[best.rank]!;
      ids[right] = -1;
      next[at] = next[right]!;
      if (next[at]! < ids.length) previous[next[at]!] = at;
      if (at > 0) offer(previous[at]!);
      offer(at);
    }
  }
  return ids.filter((id) => id !== -1);
}
