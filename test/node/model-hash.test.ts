import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import { fileStamps } from '../../src/node/file-stamps.ts';
import { modelHash } from '../../src/node/model-hash.ts';
import { rememberedHash } from '../../src/node/remembered-hash.ts';
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

describe('what is kept of model hashes', () => {
  let directory: string;
  beforeEach(async () => {
    await useBackend('cpu');
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    process.env.CLIP_TFJS_CACHE = directory;
  });
  afterEach(async () => {
    delete process.env.CLIP_TFJS_CACHE;
    await rm(directory, { recursive: true });
  });

  it('is used, and computed anew where it is damaged', async () => {
    const hash = (letter: string) => async () => letter.repeat(64);
    assert.equal(await rememberedHash('x', hash('a')), 'a'.repeat(64));
    assert.equal(await rememberedHash('x', hash('b')), 'a'.repeat(64));
    assert.equal(await rememberedHash('y', hash('b')), 'b'.repeat(64));
    for (const name of await readdir(join(directory, 'model-hashes')))
      await writeFile(join(directory, 'model-hashes', name), 'aa');
    assert.equal(await rememberedHash('x', hash('c')), 'c'.repeat(64));
    await rm(join(directory, 'model-hashes'), { recursive: true });
    await writeFile(join(directory, 'model-hashes'), 'a file');
    assert.equal(await rememberedHash('x', hash('d')), 'd'.repeat(64));
  });

  it('goes by files that have settled, and by nothing once the model was changed', async () => {
    const load = () => loadClip(join(directory, 'emoji-clip'));
    await cp(join('weights', 'emoji-clip'), join(directory, 'emoji-clip'), { recursive: true });
    using fresh = await load();
    assert.equal(fileStamps(fresh), undefined, 'files of a moment ago could change within the same tick of the clock');
    await setTimeout(2100);
    using settled = await load();
    using again = await load();
    const stamps = fileStamps(settled);
    assert.deepEqual(
      stamps
        ?.map((line) => line.split(' ')[0])
        .sort()
        .includes('model.safetensors'),
      true,
    );
    assert.deepEqual(fileStamps(again), stamps);
    settled.replace('logitScale', tf.scalar(1));
    assert.equal(fileStamps(settled), undefined);
    const weights = join(directory, 'emoji-clip', 'model.safetensors');
    await writeFile(weights, await readFile(weights));
    await setTimeout(2100);
    using rewritten = await load();
    assert.notDeepEqual(fileStamps(rewritten), stamps);
    assert.equal(await modelHash(rewritten), await modelHash(again));
  });
});
