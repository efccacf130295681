import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';
import { guardMemory } from '../../src/wasm/full-memory.ts';

type Allocator = { _malloc: (bytes: number) => number };

describe('the memory of wasm', () => {
  before(() => useBackend('wasm'));

  it('is asked for through the guard, which says when it is full', async () => {
    const { wasm } = tf.backend() as unknown as { wasm: Allocator };
    const before = tf.memory().numTensors;
    assert.throws(() => wasm._malloc(2 ** 32 - 1), /expected 4294967295 bytes of WebAssembly's memory/);
    const allocate = wasm._malloc;
    const asked: number[] = [];
    wasm._malloc = (bytes) => {
      asked.push(bytes);
      return allocate(bytes);
    };
    tf.fill([3, 5], 1).dispose();
    wasm._malloc = allocate;
    assert.deepEqual(asked, [60]);
    assert.equal(tf.memory().numTensors, before);
  });

  it('is guarded once', () => {
    const wasm = { _malloc: (bytes: number) => (bytes > 8 ? 0 : 16), _free: () => {} };
    const backend = { wasm } as unknown as Parameters<typeof guardMemory>[0];
    guardMemory(backend);
    const guarded = wasm._malloc;
    guardMemory(backend);
    assert.equal(wasm._malloc, guarded);
    assert.equal(wasm._malloc(8), 16);
    assert.throws(() => wasm._malloc(9), RangeError);
  });
});
