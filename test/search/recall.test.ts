import assert from 'node:assert/strict';
import { rankOf, recallOf } from '../../src/search/recall.ts';

describe('recall', () => {
  it('counts ties and NaN as wrong, and any right answer as found', () => {
    const first = (answer: number) => answer === 0;
    assert.equal(rankOf([0.5, 0.5, 0.5], first), 3);
    assert.equal(rankOf([Number.NaN, Number.NaN], first), 2);
    assert.equal(rankOf([0.1, Number.NaN, 0.05], first), 2);
    assert.equal(
      rankOf([0.1, 0.9, 0.5], (answer) => answer < 2),
      1,
    );
  });

  it('counts the queries whose rank is within k', () => {
    assert.deepEqual(recallOf([1, 5, 6, 11]), { 'recall@1': 0.25, 'recall@5': 0.5, 'recall@10': 0.75 });
  });
});
