import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AnswerKeys, falseNegatives } from '../../src/train/false-negatives.ts';

const pair = (picture: number, captions: number[], concept = -1): AnswerKeys => ({ picture, captions, concept });

/** By looking at every batch of a small set. */
function byEveryBatch(pairs: readonly AnswerKeys[], batchSize: number) {
  const clash = (one: AnswerKeys, other: AnswerKeys) =>
    (one.picture === other.picture || one.captions[0] === other.captions[0]) &&
    (one.concept < 0 || one.concept !== other.concept);
  let [members, meeting] = [0, 0];
  for (let batch = 0; batch < 2 ** pairs.length; batch++) {
    const drawn = pairs.filter((_, index) => (batch >> index) & 1);
    if (drawn.length !== Math.min(batchSize, pairs.length)) continue;
    members += drawn.length;
    meeting += drawn.filter((one) => drawn.some((other) => other !== one && clash(one, other))).length;
  }
  return meeting / members;
}

describe('the share of false negatives', () => {
  it('is that of a count by hand', () => {
    // of four pairs, two have one caption: each meets the other in a batch of two with probability 1/3
    const pairs = [pair(0, [0]), pair(1, [0]), pair(2, [1]), pair(3, [2])];
    const { pairShare, comparisonShare } = falseNegatives(pairs, 2);
    assert.ok(Math.abs(pairShare - (2 / 4) * (1 / 3)) < 1e-12);
    assert.ok(Math.abs(comparisonShare - 2 / 12) < 1e-12);
    assert.equal(falseNegatives(pairs, 4).pairShare, 0.5);
    assert.equal(falseNegatives(pairs, 400).pairShare, 0.5);
  });

  it('is 0 where nothing repeats, or all that does is of one concept', () => {
    assert.deepEqual(falseNegatives([pair(0, [0]), pair(1, [1])], 32), { pairShare: 0, comparisonShare: 0 });
    assert.deepEqual(falseNegatives([pair(0, [0], 3), pair(0, [0], 3)], 32), { pairShare: 0, comparisonShare: 0 });
    assert.deepEqual(falseNegatives([], 32), { pairShare: 0, comparisonShare: 0 });
  });

  it('weighs a caption that is drawn from several', () => {
    // the first shows caption 0, the second does so half of the time
    const { comparisonShare } = falseNegatives([pair(0, [0]), pair(1, [0, 1])], 2);
    assert.ok(Math.abs(comparisonShare - 0.5) < 1e-12);
  });

  it('is that of every batch', () => {
    const keys = fc.record({ picture: fc.nat(4), caption: fc.nat(3), concept: fc.integer({ min: -1, max: 1 }) });
    fc.assert(
      fc.property(
        fc.array(keys, { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 2, max: 9 }),
        (drawn, batchSize) => {
          const pairs = drawn.map(({ picture, caption, concept }) => pair(picture, [caption], concept));
          assert.ok(Math.abs(falseNegatives(pairs, batchSize).pairShare - byEveryBatch(pairs, batchSize)) < 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });
});
