import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { validate } from '../../src/train/validate.ts';
import { onEachBackend } from '../golden.ts';

describe('validate()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    it('gives the loss of guessing for equal rows, and finds nothing', async () => {
      const rows = Array.from({ length: 4 }, () => Float32Array.of(1, 0));
      const result = await validate({ images: rows, texts: rows }, 10, 4);
      assert.ok(Math.abs(result.loss - Math.log(4)) < 1e-6);
      assert.equal(result.imageToText['recall@1'], 0);
    });

    it('weighs a smaller last batch by its size, and leaves no tensor', async () => {
      const normal = normalNumbers(3);
      const unit = () => {
        const row = Float32Array.from({ length: 8 }, normal);
        const length = Math.hypot(...row);
        return row.map((value) => value / length);
      };
      const [images, texts] = [Array.from({ length: 300 }, unit), Array.from({ length: 300 }, unit)];
      const before = tf.memory().numTensors;
      const whole = await validate({ images, texts }, 5, 200);
      assert.equal(tf.memory().numTensors, before);
      const part = (from: number, to: number) =>
        validate({ images: images.slice(from, to), texts: texts.slice(from, to) }, 5, 200);
      const expected = (2 * (await part(0, 200)).loss + (await part(200, 300)).loss) / 3;
      assert.ok(Math.abs(whole.loss - expected) < 1e-6);
      assert.deepEqual((await validate({ images, texts: images }, 5, 200)).textToImage['recall@1'], 1);
    });

    it('refuses rows that do not pair', async () => {
      await assert.rejects(validate({ images: [], texts: [] }, 5, 2), /one or more, but got 0 pictures/);
    });
  });
});
