import { type Recall, rankOf, recallOf } from '../search/recall.ts';
import { assertFinite, assertSameCount } from './check-samples.ts';

/** Ranks count from 1; the mean and the median are over the queries, of the best right answer's rank. */
export type RetrievalMeasures = Recall & { meanRank: number; medianRank: number };

/**
 * The rank of the best right answer of each query, from 1; ties count as wrong.
 * @param similarity queries x answers
 * @param isRight whether an answer (column) is right for a query (row); several may be
 * @throws TypeError without queries and on a query that has no right answer, RangeError on a number that is not finite
 */
export function retrievalRanks(
  similarity: readonly ArrayLike<number>[],
  isRight: (row: number, column: number) => boolean,
): number[] {
  const action = 'rank answers';
  assertSameCount(action, { queries: similarity.length });
  return similarity.map((answers, row) => {
    assertFinite(action, `query ${row}, answer`, answers);
    let some = false;
    const rank = rankOf(answers, (column) => {
      const right = isRight(row, column);
      some ||= right;
      return right;
    });
    if (some) return rank;
    throw new TypeError(
      `Cannot ${action}: expected a right answer for every query but query ${row} has none; leave it out`,
    );
  });
}

/**
 * Recall at 1, 5 and 10 and ranks of a retrieval. A query is found when one right answer at least is among the first k, as in the
 * CLIP paper and CLIP_benchmark, not by the share of its right answers.
 * @param similarity queries x answers
 * @param isRight whether an answer (column) is right for a query (row); several may be
 * @throws TypeError without queries and on a query that has no right answer, RangeError on a number that is not finite
 */
export function retrievalMeasures(
  similarity: readonly ArrayLike<number>[],
  isRight: (row: number, column: number) => boolean,
): RetrievalMeasures {
  return measuresOfRanks(retrievalRanks(similarity, isRight));
}

/** @param ranks of the best right answer of each query, from 1 */
export function measuresOfRanks(ranks: readonly number[]): RetrievalMeasures {
  return {
    ...recallOf(ranks),
    meanRank: ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length,
    medianRank: medianRank(ranks),
  };
}

/** Rounded down, as open_clip reports it. */
function medianRank(ranks: readonly number[]): number {
  const sorted = Float64Array.from(ranks).sort();
  const middle = (sorted.length - 1) / 2;
  return Math.floor(((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2);
}
