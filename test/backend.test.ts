import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Backend, BackendMissing, startBackend } from '../src/backend.ts';
import { type BackendName, useBackend } from '../src/node.ts';
import { collectWarnings } from './warnings.ts';

describe('useBackend()', () => {
  it('takes the best that works', async () => {
    assert.equal(await useBackend(), tf.getBackend());
  });

  it('takes the named one', async () => {
    assert.equal(await useBackend('cpu'), 'cpu');
    assert.equal(tf.getBackend(), 'cpu');
  });

  it('throws on an unknown name, and keeps the backend in use', async () => {
    await useBackend('wasm');
    await assert.rejects(
      useBackend('cuda' as BackendName),
      /Cannot use backend 'cuda': expected one of .*'wasm', 'cpu'/,
    );
    assert.equal(tf.getBackend(), 'wasm');
  });

  it('announces an engine that is there and broken, not one that is absent', async () => {
    const broken: Backend = { name: 'webgpu', load: () => Promise.reject(new Error('the device was lost')) };
    const absent: Backend = { name: 'tensorflow', load: () => Promise.reject(new BackendMissing('install it')) };
    const plain: Backend = { name: 'cpu', load: () => Promise.resolve() };
    const said = await collectWarnings(async () => assert.equal(await startBackend([absent, broken, plain]), 'cpu'));
    assert.deepEqual(said, ["clip-tfjs: computing with backend 'cpu', because webgpu: the device was lost"]);
    await assert.rejects(
      startBackend([absent, plain], 'tensorflow'),
      /Cannot use backend 'tensorflow': tensorflow: install it/,
    );
  });
});
