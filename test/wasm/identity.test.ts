import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';

describe('tf.clone on wasm', () => {
  before(() => useBackend('wasm'));

  it('shares memory, which is there as long as one of the two is', async () => {
    const before = tf.memory();
    const first = tf.tensor1d([1, 2, 3]);
    const second = tf.clone(first);
    assert.equal(tf.memory().numTensors, before.numTensors + 2);
    assert.equal(tf.memory().numDataBuffers, before.numDataBuffers + 1);
    const heapAddress = (tensor: tf.Tensor) =>
      (tf.backend() as unknown as { getMemoryOffset: (id: object) => number }).getMemoryOffset(tensor.dataId);
    assert.equal(heapAddress(second), heapAddress(first));
    first.dispose();
    tf.fill([3], 9).dispose(); // would take the freed place
    assert.deepEqual([...(await second.data())], [1, 2, 3]);
    second.dispose();
    assert.deepEqual(tf.memory(), before);
  });

  it('keeps strings', async () => {
    const words = tf.tensor1d(['a', 'b']);
    const copy = tf.clone(words);
    words.dispose();
    assert.deepEqual([...(await copy.data())], ['a', 'b']);
    copy.dispose();
  });
});
