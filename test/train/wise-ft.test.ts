import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Clip, createTokenizer, initClip, trainBpe, useBackend } from '../../src/node.ts';
import { interpolateClips } from '../../src/train.ts';
import { onEachBackend } from '../golden.ts';
import { tinyConfig } from '../tiny.ts';
import { tinyClip } from '../tiny-clip.ts';

const valuesOf = async (clip: Clip) =>
  new Map(await Promise.all([...clip.parameters].map(async ([name, tensor]) => [name, await tensor.data()] as const)));

describe('interpolateClips()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    /** Two models of other weights and temperatures. */
    function twoClips(): [Clip, Clip] {
      const [start, tuned] = [tinyClip(1), tinyClip(2)];
      start.replace('logitScale', tf.scalar(2));
      tuned.replace('logitScale', tf.scalar(4.5));
      return [start, tuned];
    }

    it('is its ends at 0 and 1, to the last bit', async () => {
      const [start, tuned] = twoClips();
      for (const [alpha, end] of [
        [0, start],
        [1, tuned],
      ] as const) {
        const blend = await interpolateClips(start, tuned, alpha);
        assert.deepEqual(await valuesOf(blend), await valuesOf(end));
        await end.refreshLogitScale();
        assert.equal(blend.logitScale, end.logitScale);
        blend.dispose();
      }
      for (const clip of [start, tuned]) {
        assert.ok(!clip.isDisposed);
        clip.dispose();
      }
    });

    it('weighs every parameter, the logarithm of the temperature too', async () => {
      const [start, tuned] = twoClips();
      start.replace('text.lnFinal.bias', tf.fill([32], 1));
      tuned.replace('text.lnFinal.bias', tf.fill([32], 3));
      const [quarter, middle] = [await interpolateClips(start, tuned, 0.25), await interpolateClips(start, tuned, 0.5)];
      assert.deepEqual(await quarter.parameters.get('text.lnFinal.bias')!.data(), new Float32Array(32).fill(1.5));
      assert.deepEqual(await middle.parameters.get('text.lnFinal.bias')!.data(), new Float32Array(32).fill(2));
      assert.equal(middle.logitScale, Math.exp(3.25));
      assert.deepEqual([...middle.parameters.keys()], [...start.parameters.keys()]);
      const [from, to, half] = [await valuesOf(start), await valuesOf(tuned), await valuesOf(middle)];
      for (const [name, values] of half)
        for (const [place, value] of values.entries()) {
          const expected = (from.get(name)![place]! + to.get(name)![place]!) / 2;
          assert.ok(Math.abs(value - expected) < 1e-6, `${name}: ${value}, expected ${expected}`);
        }
      for (const clip of [start, tuned, quarter, middle]) clip.dispose();
    });

    it('leaves a parameter that was not trained as it is, whatever alpha', async () => {
      const [start, tuned] = [tinyClip(1), tinyClip(1)];
      tuned.replace('text.proj', tf.zeros([32, 16]));
      const blend = await interpolateClips(start, tuned, 0.3);
      const [from, found] = [await valuesOf(start), await valuesOf(blend)];
      for (const [name, values] of found) if (name !== 'text.proj') assert.deepEqual(values, from.get(name), name);
      assert.notDeepEqual(found.get('text.proj'), from.get('text.proj'));
      for (const clip of [start, tuned, blend]) clip.dispose();
    });

    it('adds the tensors of one model, and dispose() takes them away', async () => {
      const [start, tuned] = twoClips();
      const before = tf.memory().numTensors;
      for (const alpha of [0, 0.4, 1]) {
        const blend = await interpolateClips(start, tuned, alpha);
        assert.equal(tf.memory().numTensors, before + start.parameters.size);
        blend.dispose();
        assert.equal(tf.memory().numTensors, before);
      }
      await assert.rejects(interpolateClips(start, tinyClip(3, 12), 0.5), /context/);
      start.dispose();
      await assert.rejects(interpolateClips(start, tuned, 0.5), /disposed/);
    });
  });

  describe('refuses', () => {
    before(() => useBackend('cpu'));

    it('an alpha that is not between the two', async () => {
      const clip = tinyClip();
      for (const alpha of [-0.1, 1.1, Number.NaN])
        await assert.rejects(interpolateClips(clip, clip, alpha), {
          name: 'RangeError',
          message: /alpha from 0, the start, to 1/,
        });
      clip.dispose();
    });

    it('other sizes and other preprocessing, and says which', async () => {
      const config = tinyConfig();
      const other = tinyConfig({ embedDim: 8 });
      const [start, tuned] = [
        initClip(config, 1, () => assert.fail()),
        initClip({ ...other, preprocess: { ...other.preprocess, background: [255, 255, 255] } }, 1, () =>
          assert.fail(),
        ),
      ];
      await assert.rejects(interpolateClips(start, tuned, 0.5), {
        name: 'ModelError',
        message: /embedDim is 16 and 8; preprocess\.background is null and \[255,255,255\]$/,
      });
      start.dispose();
      tuned.dispose();
    });

    it('another vocabulary of the same size', async () => {
      const config = tinyConfig();
      const speaking = (...texts: string[]) => {
        const vocabulary = trainBpe(texts, 516);
        return initClip({ ...config, text: { ...config.text!, vocabSize: 516 } }, 1, () =>
          createTokenizer(vocabulary, 12),
        );
      };
      const [start, tuned, mute] = [
        speaking('abc abc'),
        speaking('xyz xyz'),
        initClip({ ...config, text: { ...config.text!, vocabSize: 516 } }, 1, () => {
          throw new Error('none fits');
        }),
      ];
      await assert.rejects(interpolateClips(start, tuned, 0.5), /merge 0 of the tokenizer is 'a b' and 'x y'/);
      await assert.rejects(interpolateClips(start, mute, 0.5), /the second has no tokenizer/);
      for (const clip of [start, tuned, mute]) clip.dispose();
    });
  });
});
