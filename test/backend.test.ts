import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Backend, BackendMissing, cpuBackend, startBackend } from '../src/backend.ts';
import { browserBackends } from '../src/browser-backend.ts';
import { nodeBackends } from '../src/node/backend.ts';
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

  it('tells an engine whether it was named', async () => {
    const told: boolean[] = [];
    const load = async (insisted: boolean) => {
      told.push(insisted);
      if (!insisted) throw new BackendMissing('not by itself');
    };
    const picky: Backend = { name: 'wasm', load };
    const said = await collectWarnings(async () => {
      assert.equal(await startBackend([picky, cpuBackend]), 'cpu');
      assert.equal(await startBackend([picky, cpuBackend], 'wasm'), 'wasm');
    });
    assert.deepEqual([told, said], [[false, true], []]);
  });

  it('prefers what is faster', () => {
    const names = (backends: readonly Backend[]) => backends.map(({ name }) => name).join();
    assert.match(names(nodeBackends), /^(tensorflow,)?webgpu,wasm,cpu$/);
    assert.equal(names(browserBackends), 'webgpu,webgl,wasm,cpu');
  });

  it('finds neither webgpu nor webgl where there is no browser', async () => {
    for (const name of ['webgpu', 'webgl'] as const) {
      const absent = browserBackends.find((backend) => backend.name === name) as Backend;
      if (name === 'webgpu' && globalThis.navigator?.gpu) continue; // another test has set it up
      await assert.rejects(absent.load(true), BackendMissing);
    }
  });
});
