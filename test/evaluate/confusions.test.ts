import assert from 'node:assert/strict';
import { confusionMatrix, confusionPairs } from '../../src/evaluate/accuracy.ts';
import { frequentMistakes, mostConfused } from '../../src/evaluate/confusions.ts';
import { uniformNumbers } from '../../src/random.ts';

const uniform = uniformNumbers(5);
const draw = (classCount: number) => Array.from({ length: 300 }, () => Math.floor(classCount * uniform() ** 2));

describe('frequentMistakes()', () => {
  it('finds what a whole matrix has', () => {
    for (const classCount of [2, 7, 40]) {
      const [predicted, labels] = [draw(classCount), draw(classCount)];
      const counted = frequentMistakes(predicted, labels, 2000);
      const expected = confusionPairs(confusionMatrix(predicted, labels, classCount), 2000);
      const sorted = (pairs: typeof counted) => pairs.map((pair) => JSON.stringify(Object.entries(pair).sort())).sort();
      assert.deepEqual(sorted(counted), sorted(expected));
      assert.deepEqual(
        counted.map(({ count }) => count),
        expected.map(({ count }) => count),
      );
    }
  });
});

describe('mostConfused()', () => {
  it('is the whole matrix of few classes', () => {
    const [predicted, labels] = [draw(7), draw(7)];
    const { classes, counts, others } = mostConfused(predicted, labels, 7, 7);
    assert.deepEqual(classes, [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(counts, confusionMatrix(predicted, labels, 7));
    assert.deepEqual(others, [0, 0, 0, 0, 0, 0, 0]);
  });

  it('takes the classes of the most frequent mistakes, and counts the rest as others', () => {
    const labels = [8, 8, 8, 8, 8, 3, 3, 5, 5];
    const predicted = [3, 3, 3, 8, 1, 8, 3, 5, 6];
    assert.deepEqual(mostConfused(predicted, labels, 10_000_000, 2), {
      classes: [3, 8],
      counts: [
        [1, 1],
        [3, 1],
      ],
      others: [0, 1],
    });
  });

  it('needs no mistake', () => {
    assert.deepEqual(mostConfused([1, 2], [1, 2], 50, 2), {
      classes: [1, 2],
      counts: [
        [1, 0],
        [0, 1],
      ],
      others: [0, 0],
    });
  });
});
