import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';

/** Beside the cases in test/parity/cases/gather.ts, which compare its numbers. */
describe('UnsortedSegmentSum on wasm', () => {
  before(() => useBackend('wasm'));

  it('adds integers as integers', () => {
    const sums = tf.tidy(() =>
      tf.unsortedSegmentSum(tf.tensor1d([1, 2, 16777217], 'int32'), tf.tensor1d([1, 0, 1], 'int32'), 2),
    );
    assert.deepEqual([...sums.dataSync()], [2, 16777218]);
    assert.equal(sums.dtype, 'int32');
    sums.dispose();
  });

  it('gives zeros where there is no row', () => {
    const sums = tf.tidy(() => {
      tf.fill([64, 4], 7).dispose(); // memory that is not clean
      return tf.unsortedSegmentSum(tf.zeros([0, 4]), tf.tensor1d([], 'int32'), 64);
    });
    assert.deepEqual([...new Set(sums.dataSync())], [0]);
    sums.dispose();
  });

  it('refuses ids that are not one per row, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const ids = tf.tensor2d([[0], [1]], [2, 1], 'int32') as unknown as tf.Tensor1D;
    assert.throws(
      () => tf.tidy(() => tf.unsortedSegmentSum(tf.ones([2, 3]), ids, 2)),
      new TypeError('Cannot add up segments: expected ids [2], one per row of x, but got [2, 1]'),
    );
    ids.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});
