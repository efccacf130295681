import assert from 'node:assert/strict';
import { retrievalMeasures, retrievalRanks } from '../../src/evaluate/retrieval.ts';
import { groupShares, maxSkew, minSkew, ndkl } from '../../src/evaluate/skew.ts';
import { assertClose } from '../assert-close.ts';

describe('retrieval', () => {
  const similarity = [
    [0.9, 0.1, 0.2, 0.3],
    [0.9, 0.1, 0.2, 0.3],
    [0.5, 0.5, 0.5, 0.5],
    [0.1, 0.8, 0.9, 0.3],
  ];

  it('ranks the best right answer, ties as wrong', () => {
    const isRight = (row: number, column: number) => column === row || (row === 3 && column === 1);
    assert.deepEqual(retrievalRanks(similarity, isRight), [1, 4, 4, 2]);
    assert.deepEqual(retrievalMeasures(similarity, isRight), {
      'recall@1': 0.25,
      'recall@5': 1,
      'recall@10': 1,
      meanRank: 2.75,
      medianRank: 3,
    });
    assert.equal(retrievalMeasures(similarity.slice(0, 2), isRight).medianRank, 2); // 2.5, rounded down
  });

  it('refuses NaN and queries without an answer', () => {
    assert.throws(() => retrievalMeasures([], () => true), TypeError);
    assert.throws(() => retrievalMeasures([[Number.NaN]], () => true), /query 0, answer 0 is NaN/);
    assert.throws(() => retrievalMeasures([[1, 2]], () => false), /query 0 has none; leave it out/);
  });
});

describe('skew', () => {
  const shares = { a: 0.5, b: 0.25, c: 0.25 };

  it('is 0 where the results are as the population, and the logarithm of the share where not', () => {
    const even = ['a', 'b', 'a', 'c'];
    assert.equal(maxSkew(even, shares, 4), 0);
    assert.equal(minSkew(even, shares, 4), 0);
    assert.equal(maxSkew(even, shares, 2), Math.log(2)); // b has a half instead of a quarter
    assert.equal(minSkew(even, shares, 2), Number.NEGATIVE_INFINITY);
    assert.deepEqual(groupShares(even), shares);
  });

  it('is summed over all depths, the first the most', () => {
    // After one result: ln(1 / 0.5); after two, a half each: ln(0.5 / 0.5) / 2 + ln(0.5 / 0.25) / 2.
    const second = 1 / Math.log2(3);
    const expected = (Math.log(2) + second * (Math.log(2) / 2)) / (1 + second);
    assertClose('NDKL', [ndkl(['a', 'b'], shares)], [expected], 1e-15);
    assert.ok(ndkl(['a', 'a', 'b', 'c'], shares) > ndkl(['a', 'b', 'a', 'c'], shares));
  });

  it('refuses shares that are none', () => {
    assert.throws(() => maxSkew(['a', 'd'], shares, 1), /'d' has none; add it/);
    assert.throws(() => maxSkew(['toString'], shares, 1), RangeError);
    assert.throws(() => maxSkew(['a'], { a: 0.5 }, 1), /that sum to 1 but got 0.5/);
    assert.throws(() => ndkl(['a'], { a: 1, b: 0 }), RangeError);
    assert.throws(() => maxSkew(['a'], shares, 2), /expected k from 1 to 1/);
    assert.throws(() => ndkl([], shares), TypeError);
  });

  it('knows groups of any name', () => {
    const ranked = ['__proto__', 'constructor'];
    const found = groupShares(ranked);
    assert.equal(maxSkew(ranked, found, 2), 0);
    assert.equal(ndkl(ranked.slice(0, 1), found), Math.log(2));
  });
});
