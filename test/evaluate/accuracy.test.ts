import assert from 'node:assert/strict';
import {
  argmax,
  confusionMatrix,
  confusionPairs,
  meanPerClassRecall,
  topKAccuracy,
} from '../../src/evaluate/accuracy.ts';

describe('accuracy', () => {
  it('takes the first of equal scores, and ranks them by their index', () => {
    assert.equal(argmax([0, 2, 2, 1]), 1);
    assert.equal(argmax(Float32Array.of(-3)), 0);
    const alike = [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ];
    for (const k of [1, 2, 3]) assert.equal(topKAccuracy(alike, [0, 1, 2], k), k / 3); // no better than chance
  });

  it('counts a class that occurs as much as any other, and none that does not', () => {
    assert.equal(meanPerClassRecall([0, 0, 0, 1, 2], [0, 0, 0, 0, 7]), (3 / 4 + 0) / 2);
  });

  it('counts mistakes and lists the most frequent first, then those of the smaller class', () => {
    const labels = [0, 0, 0, 0, 1, 1, 1, 2, 2];
    const predicted = [0, 1, 1, 2, 1, 1, 0, 2, 1];
    const matrix = confusionMatrix(predicted, labels, 3);
    assert.deepEqual(matrix, [
      [1, 2, 1],
      [1, 2, 0],
      [0, 1, 1],
    ]);
    assert.deepEqual(confusionPairs(matrix, 3), [
      { label: 0, predicted: 1, count: 2, share: 0.5 },
      { label: 2, predicted: 1, count: 1, share: 1 / 2 },
      { label: 1, predicted: 0, count: 1, share: 1 / 3 },
    ]);
    assert.equal(confusionPairs(matrix, 99).length, 4);
  });

  it('refuses NaN, lists that do not fit and classes that do not exist', () => {
    assert.throws(() => argmax([]), TypeError);
    assert.throws(() => argmax([1, Number.NaN]), /score 1 is NaN/);
    assert.throws(() => topKAccuracy([[1, Number.NaN]], [0], 1), RangeError);
    assert.throws(() => topKAccuracy([[1, 2]], [0], 5), /expected k from 1 to 2, the number of classes, but got 5/);
    assert.throws(() => topKAccuracy([[1, 2]], [2], 1), /expected labels from 0 to 1 but got 2/);
    assert.throws(() => topKAccuracy([], [], 1), TypeError);
    assert.throws(
      () => meanPerClassRecall([1, 2], [1]),
      /predictions and labels of one length, 1 or more, but got 2 and 1/,
    );
    assert.throws(() => confusionMatrix([0, -1], [0, 0], 2), /got -1/);
    assert.throws(() => confusionMatrix([0, 0], [0, 0.5], 2), /got 0.5/);
  });
});
