/** Shares of queries whose right answer is among the first 1, 5 and 10; where several are right, one of them is enough. */
export type Recall = { 'recall@1': number; 'recall@5': number; 'recall@10': number };

/**
 * The place of the best right answer among the wrong ones: 1 is the best. A tie counts as wrong, or a model that sees no
 * difference would find everything; so does NaN.
 * @param similarities of one query with each answer
 * @param isRight whether an answer is right
 */
export function rankOf(similarities: ArrayLike<number>, isRight: (answer: number) => boolean): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let answer = 0; answer < similarities.length; answer++)
    if (isRight(answer)) best = Math.max(best, similarities[answer] as number);
  let rank = 1;
  for (let answer = 0; answer < similarities.length; answer++)
    if (!((similarities[answer] as number) < best) && !isRight(answer)) rank++;
  return rank;
}

/** @param ranks from 1 */
export function recallOf(ranks: readonly number[]): Recall {
  const within = (k: number) => ranks.filter((rank) => rank <= k).length / ranks.length;
  return { 'recall@1': within(1), 'recall@5': within(5), 'recall@10': within(10) };
}
