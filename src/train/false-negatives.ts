/** A pair as far as it can be taken for a wrong answer to another: numbers that are equal where picture, caption or concept are. */
export type AnswerKeys = {
  picture: number;
  /** One is drawn each time. */
  captions: readonly number[];
  /** Training takes pairs of one concept for right answers to each other. Below 0: none. */
  concept: number;
};

/** Pairs that training takes for wrong answers to each other although their picture or caption is the same. */
export type FalseNegatives = {
  /** Share of the pairs that are expected to meet at least one in their batch. */
  pairShare: number;
  /** Share of all comparisons of a picture with the caption of another pair. */
  comparisonShare: number;
};

/**
 * How many false negatives batches will have. A pair i has
 *
 *     f_i = how many of the other N - 1 pairs have its picture or its caption, and not its concept,
 *
 * and meets none of them in a batch of B pairs, drawn without replacement, by the hypergeometric distribution with
 *
 *     p_i = C(N - 1 - f_i, B - 1) / C(N - 1, B - 1) = product over k < B - 1 of (N - 1 - f_i - k) / (N - 1 - k),
 *
 * so `pairShare` is the mean of 1 - p_i, and `comparisonShare` the mean of f_i / (N - 1). Where captions are drawn from several,
 * f_i is the expectation, and p_i its product as far as that is above 0.
 * @param batchSize B, 2 or more; more than N counts as N
 */
export function falseNegatives(pairs: readonly AnswerKeys[], batchSize: number): FalseNegatives {
  const total = pairs.length;
  if (total < 2) return { pairShare: 0, comparisonShare: 0 };
  const counts = countKeys(pairs);
  const drawn = Math.min(batchSize, total) - 1;
  const known = new Map<number, number>();
  const meets = (others: number) => {
    const share = known.get(others) ?? 1 - noneOf(others, total - 1, drawn);
    known.set(others, share);
    return share;
  };
  let pairShare = 0;
  let comparisonShare = 0;
  for (const pair of pairs)
    for (const caption of pair.captions) {
      const others = othersOf(pair, caption, counts);
      pairShare += meets(others) / pair.captions.length / total;
      comparisonShare += others / (total - 1) / pair.captions.length / total;
    }
  return { pairShare, comparisonShare };
}

type Counts = ReadonlyMap<string, number>;

/** The expected number of pairs that show a picture, a caption, both; and of each concept. */
function countKeys(pairs: readonly AnswerKeys[]): Counts {
  const counts = new Map<string, number>();
  const add = (key: string, share: number) => counts.set(key, (counts.get(key) ?? 0) + share);
  for (const { picture, captions, concept } of pairs)
    for (const end of concept < 0 ? [''] : ['', ` ${concept}`]) {
      add(`p${picture}${end}`, 1);
      for (const caption of captions) {
        add(`c${caption}${end}`, 1 / captions.length);
        add(`b${picture} ${caption}${end}`, 1 / captions.length);
      }
    }
  return counts;
}

/** By inclusion and exclusion: picture + caption - both, without those of its concept, of which it is one. */
function othersOf({ picture, concept }: AnswerKeys, caption: number, counts: Counts): number {
  const same = (end: string) =>
    (counts.get(`p${picture}${end}`) as number) +
    (counts.get(`c${caption}${end}`) as number) -
    (counts.get(`b${picture} ${caption}${end}`) as number);
  const others = same('') - (concept < 0 ? 1 : same(` ${concept}`));
  return Math.max(0, Number(others.toFixed(9))); // sums of shares round
}

function noneOf(others: number, total: number, drawn: number): number {
  let share = 1;
  for (let k = 0; k < drawn && share > 0; k++) share *= Math.max(0, (total - others - k) / (total - k));
  return share;
}
