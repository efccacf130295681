import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type BackendName, useBackend } from '../src/node.ts';

describe('useBackend()', () => {
  it('takes the best that works', async () => {
    assert.equal(await useBackend(), 'wasm');
    assert.equal(tf.getBackend(), 'wasm');
  });

  it('takes the named one', async () => {
    assert.equal(await useBackend('cpu'), 'cpu');
    assert.equal(tf.getBackend(), 'cpu');
  });

  it('throws on an unknown name, and keeps the backend in use', async () => {
    await useBackend('wasm');
    await assert.rejects(useBackend('cuda' as BackendName), /Cannot use backend 'cuda': expected 'wasm' or 'cpu'/);
    assert.equal(tf.getBackend(), 'wasm');
  });
});
