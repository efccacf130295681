import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { ProbeResults } from '../../../src/evaluate/probes/run-probes.ts';
import { loadClip, recompressJpeg, runProbes, useBackend } from '../../../src/node.ts';

describe('the probes of emoji-clip', () => {
  let results: ProbeResults;
  before(async function () {
    this.timeout(300_000);
    await useBackend('wasm');
    using clip = await loadClip('emoji-clip');
    const before = tf.memory().numTensors;
    results = await runProbes(clip, { seed: 1, recompress: recompressJpeg });
    assert.equal(tf.memory().numTensors, before);
  });

  it('show that it names shapes and colours, which its emoji have', () => {
    const { naming } = results;
    assert.ok(naming.shape.low > naming.chance.shape && naming.colour.low > naming.chance.colour);
  });

  it('show that it reads nothing: a written word does what unreadable marks do', () => {
    assert.equal(results.smallPrint.smallestRead, null);
    assert.equal(results.typographic?.smallestHeight, null);
  });

  it('show that less detail costs answers', () => {
    const flipped = results.resolution.levels.map((level) => level.flipped.rate);
    assert.deepEqual(
      flipped,
      flipped.toSorted((one, other) => one - other),
    );
    const [best, worst] = [results.jpeg?.levels[0], results.jpeg?.levels.at(-1)];
    assert.ok((best?.flipped.rate ?? 1) < (worst?.flipped.rate ?? 0));
  });

  it('cut none of their captions', () => assert.deepEqual(results.cutCaptions, []));
});
