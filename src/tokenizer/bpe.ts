import type { Vocabulary } from './vocabulary.ts';

/** What a pair of neighbouring tokens becomes, and how early it was learnt. */
type Merge = { rank: number; merged: number };

/** Merges by their pair of token ids, the left one first. */
export type MergeTable = ReadonlyMap<number, ReadonlyMap<number, Merge>>;

const never: Merge = { rank: Number.POSITIVE_INFINITY, merged: -1 };

export function mergeTable({ merges, ids }: Vocabulary): MergeTable {
  const table = new Map<number, Map<number, Merge>>();
  merges.forEach((pair, rank) => {
    const [left, right] = pair.split(' ') as [string, string];
    const leftId = ids.get(left) as number;
    const row = table.get(leftId) ?? new Map<number, Merge>();
    const rightId = ids.get(right) as number;
    if (!row.has(rightId)) row.set(rightId, { rank, merged: ids.get(left + right) as number });
    table.set(leftId, row);
  });
  return table;
}

/**
 * Byte-pair encoding (Sennrich et al. 2016): of all neighbouring pairs in the word, the one that was learnt first is
 * merged wherever it stands, from left to right; and so on until no pair is known.
 * @param symbols token ids of the word's bytes
 */
export function bpe(symbols: readonly number[], table: MergeTable): number[] {
  const mergeAt = (left: number, right: number | undefined): Merge =>
    (right === undefined ? undefined : table.get(left)?.get(right)) ?? never;
  let tokens = [...symbols];
  let options = tokens.map((token, i) => mergeAt(token, tokens[i + 1])); // what each token makes with the next one
  for (;;) {
    let best = never;
    for (const option of options) if (option.rank < best.rank) best = option;
    if (best === never) return tokens;
    const nextTokens: number[] = [];
    const nextOptions: Merge[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const merges = options[i] === best;
      nextTokens.push(merges ? best.merged : (tokens[i] as number));
      nextOptions.push(options[i] as Merge);
      const last = nextTokens.length - 1;
      if (merges) i++;
      // Pairs with a new token on either side are looked up again.
      if (merges && last > 0) nextOptions[last - 1] = mergeAt(nextTokens[last - 1] as number, best.merged);
      if (merges) nextOptions[last] = mergeAt(best.merged, tokens[i + 1]);
    }
    tokens = nextTokens;
    options = nextOptions;
  }
}
