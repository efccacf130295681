import type { FilePair } from './pairs.ts';

/** Pairs that need not be in memory: one is read when it is wanted, all of them in turn by `for await`. */
export type PairList = AsyncIterable<FilePair> & {
  readonly length: number;
  /** @throws Error where the source has changed since it was looked over */
  read(index: number): Promise<FilePair>;
  /** How often an epoch shows the pairs, for runs of them that follow each other; without it, once. */
  readonly weights?: readonly PairWeight[] | undefined;
};

/** So many pairs, each shown `weight` times in an epoch. */
export type PairWeight = { pairs: number; weight: number };

/** Pairs that are in memory. */
export function pairList(pairs: readonly FilePair[]): PairList {
  return {
    length: pairs.length,
    read: async (index) => pairs[index] as FilePair,
    async *[Symbol.asyncIterator]() {
      yield* pairs;
    },
  };
}

/**
 * Some of a list's pairs, with the weights that they have there.
 * @param indices ascending, so that they are found in one pass
 */
export function pickPairs(list: PairList, indices: Uint32Array): PairList {
  return {
    length: indices.length,
    read: (index) => list.read(indices[index] as number),
    weights: pickedWeights(list, indices),
    async *[Symbol.asyncIterator]() {
      let [at, next] = [0, 0];
      if (indices.length === 0) return;
      for await (const pair of list) {
        if (at++ !== indices[next]) continue;
        yield pair;
        if (++next === indices.length) return;
      }
    },
  };
}

function pickedWeights({ weights }: PairList, indices: Uint32Array): PairWeight[] | undefined {
  let [next, end] = [0, 0];
  return weights?.map(({ pairs, weight }) => {
    const first = next;
    end += pairs;
    while (next < indices.length && (indices[next] as number) < end) next++;
    return { pairs: next - first, weight };
  });
}

/** Lists one after the other, each with the times that an epoch shows its pairs. */
export function joinPairs(parts: readonly { list: PairList; weight: number }[]): PairList {
  const weights = parts.map(({ list, weight }) => ({ pairs: list.length, weight }));
  return {
    length: weights.reduce((sum, { pairs }) => sum + pairs, 0),
    read: (index) => {
      let [part, place] = [0, index];
      for (; place >= (weights[part]?.pairs ?? Number.POSITIVE_INFINITY); part++) place -= weights[part]?.pairs ?? 0;
      return (parts[part]?.list ?? pairList([])).read(place);
    },
    ...(weights.some(({ weight }) => weight !== 1) && { weights }),
    async *[Symbol.asyncIterator]() {
      for (const { list } of parts) yield* list;
    },
  };
}

/** A list whose pairs are changed as they are read. */
export function mapPairs(list: PairList, change: (pair: FilePair) => FilePair): PairList {
  return {
    ...list,
    read: async (index) => change(await list.read(index)),
    async *[Symbol.asyncIterator]() {
      for await (const pair of list) yield change(pair);
    },
  };
}

/** The first of a list in memory; all of them unless a count is given. */
export async function takePairs(list: PairList, count: number = list.length): Promise<FilePair[]> {
  const taken: FilePair[] = [];
  if (count <= 0) return taken;
  for await (const pair of list) if (taken.push(pair) >= count) break;
  return taken;
}
