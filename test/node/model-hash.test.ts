import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { modelHash } from '../../src/node/model-hash.ts';
import { loadClip, saveClip, useBackend } from '../../src/node.ts';
import { goldens, onEachBackend } from '../golden.ts';
import { tinyClip } from '../tiny-clip.ts';

const hashes = new Set<string>();

onEachBackend((backend) => {
  describe('modelHash', () => {
    before(() => useBackend(backend));

    it('is the same for the same model, on every backend, and leaves no tensor behind', async () => {
      using one = tinyClip();
      using same = tinyClip();
      const before = tf.memory().numTensors;
      const hash = await modelHash(one);
      assert.match(hash, /^[0-9a-f]{64}$/);
      assert.equal(await modelHash(same), hash);
      assert.equal(tf.memory().numTensors, before);
      assert.equal(hashes.add(hash).size, 1, 'another backend gave another hash');
    });

    it('tells other weights, texts and pictures apart, and what was changed', async () => {
      using one = tinyClip();
      using other = tinyClip(6);
      using shorter = tinyClip(5, 76);
      const before = await modelHash(one);
      assert.equal(new Set([before, await modelHash(other), await modelHash(shorter)]).size, 3);
      one.replace('logitScale', tf.scalar(1));
      assert.notEqual(await modelHash(one), before);
    });

    it('is the same from every layout', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
      try {
        using clip = await loadClip(join(goldens, 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
        for (const layout of ['huggingface', 'open_clip'] as const) {
          await saveClip(clip, join(directory, layout), { layout, dtype: 'F32' });
          using again = await loadClip(join(directory, layout));
          assert.equal(await modelHash(again), await modelHash(clip), layout);
        }
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  });
});
