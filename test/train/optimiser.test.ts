import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import {
  AdamW,
  clipCoefficient,
  globalNorm,
  learningRateAt,
  type ScheduleOptions,
  WeightAverage,
} from '../../src/train.ts';
import { initClip } from '../../src/weights/init.ts';
import { assertClose } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { tinyConfig } from '../tiny.ts';

describe('learningRateAt()', () => {
  const options: ScheduleOptions = { schedule: 'cosine', peak: 8, warmup: 4, steps: 8, cooldown: 2 };
  const rates = (changes: Partial<ScheduleOptions>) =>
    Array.from({ length: 8 }, (_, step) => learningRateAt(step, { ...options, ...changes }));

  it('rises, then falls along half a cosine', () => {
    const half = Math.SQRT1_2;
    assertClose('rates', rates({}), [2, 4, 6, 8, 8, 4 * (1 + half), 4, 4 * (1 - half)], 1e-12);
  });
  it('rises and stays', () => assert.deepEqual(rates({ schedule: 'constant' }), [2, 4, 6, 8, 8, 8, 8, 8]));
  it('rises, stays and falls straight', () =>
    assert.deepEqual(rates({ schedule: 'cooldown', cooldown: 4 }), [2, 4, 6, 8, 8, 6, 4, 2]));
  it('needs no warm-up and no cooldown', () => {
    assert.equal(learningRateAt(0, { ...options, warmup: 0 }), 8);
    assert.equal(learningRateAt(7, { ...options, schedule: 'cooldown', cooldown: 0 }), 8);
  });
});

onEachBackend((backend) => {
  before(() => useBackend(backend));

  describe('globalNorm() and clipCoefficient()', () => {
    it('are those of 3, 4 and 12 in three tensors: 13', async () => {
      const gradients = [tf.tensor2d([3, 0, 0, 0], [2, 2]), tf.tensor1d([4]), tf.scalar(-12)];
      const before = tf.memory().numTensors;
      const norm = globalNorm(gradients);
      assert.equal(tf.memory().numTensors, before + 1);
      assertClose('norm', await norm.data(), [13], 1e-5);
      tf.dispose([norm, ...gradients]);
      assert.equal(clipCoefficient(13, 26), 1);
      assert.equal(clipCoefficient(13, 1), 1 / 13.000001);
    });

    it('keeps its digits over a million numbers', async () => {
      const gradient = tf.fill([1000, 1000], 0.1);
      const norm = globalNorm([gradient]);
      assertClose('norm', await norm.data(), [100], 1e-3);
      tf.dispose([norm, gradient]);
    });
  });

  describe('AdamW', () => {
    /** One step from `value`; the new value. */
    async function stepFrom(
      optimiser: AdamW,
      value: tf.Tensor,
      gradient: tf.Tensor,
      learningRate: number,
      gradientScale = 1,
    ): Promise<number[]> {
      const results: tf.Tensor[] = [];
      const keep = (_name: string, next: tf.Tensor) => results.push(next);
      optimiser.step(new Map([['w', value]]), new Map([['w', gradient]]), learningRate, keep, gradientScale);
      const values = [...(await results[0]!.data())];
      tf.dispose([...results, gradient, value]);
      return values;
    }

    // Corrected for their start, the moments of the first step are g and g², so the step is learningRate · g / |g|.
    it('goes one learning rate against the sign of the first gradient', async () => {
      const optimiser = new AdamW({ weightDecay: 0, eps: 0 });
      const values = await stepFrom(optimiser, tf.tensor1d([1, 1]), tf.tensor1d([0.003, -50]), 0.1);
      assertClose('weights', values, [0.9, 1.1], 1e-6);
      optimiser.dispose();
    });

    // betas 0.5: first = (0.25 · 1 + 0.5 · 2) / 0.75 = 5/3, second = (0.25 · 1 + 0.5 · 4) / 0.75 = 3.
    it('averages over steps', async () => {
      const optimiser = new AdamW({ weightDecay: 0, eps: 1, betas: [0.5, 0.5] });
      await stepFrom(optimiser, tf.scalar(0), tf.scalar(1), 1);
      const values = await stepFrom(optimiser, tf.scalar(0), tf.scalar(2), 1);
      assertClose('weights', values, [-5 / 3 / (Math.sqrt(3) + 1)], 1e-6);
      optimiser.dispose();
    });

    // The gradient becomes 1, as do both moments.
    it('scales gradients before it takes them in', async () => {
      const optimiser = new AdamW({ weightDecay: 0, eps: 1 });
      assertClose('weights', await stepFrom(optimiser, tf.scalar(0), tf.scalar(10), 1, 0.1), [-0.5], 1e-5);
      optimiser.dispose();
    });

    it('steps by the formula, number by number, also where they fill no whole vectors', async () => {
      const normal = normalNumbers(6);
      const count = 7 * 19;
      const draw = () => Float32Array.from({ length: count }, normal);
      const [weights, gradients] = [draw(), [draw(), draw()]];
      const [rate, decay, beta1, beta2, eps] = [0.01, 0.3, 0.9, 0.98, 1e-6];
      const optimiser = new AdamW({ weightDecay: decay, betas: [beta1, beta2], eps });
      let values: number[] = [...weights];
      for (const gradient of gradients)
        values = await stepFrom(
          optimiser,
          tf.tensor2d(values, [7, 19]),
          tf.tensor2d(gradient.slice(), [7, 19]),
          rate,
          0.5,
        );
      const expected = [...weights].map((weight, i) => {
        let [w, first, second] = [weight, 0, 0];
        for (const [index, gradient] of gradients.entries()) {
          const g = 0.5 * gradient[i]!;
          first = beta1 * first + (1 - beta1) * g;
          second = beta2 * second + (1 - beta2) * g * g;
          const mean = first / (1 - beta1 ** (index + 1));
          const root = Math.sqrt(second / (1 - beta2 ** (index + 1)));
          w = w * (1 - decay * rate) - (rate * mean) / (root + eps);
        }
        return w;
      });
      assertClose('weights', values, expected, 1e-6);
      optimiser.dispose();
    });

    it('takes its share of matrices, and of nothing with one axis or none', async () => {
      for (const [shape, expected] of [
        [[1, 1], 8 * (1 - 0.1 * 0.5)],
        [[1], 8],
        [[], 8],
      ] as const) {
        const optimiser = new AdamW({ weightDecay: 0.5 });
        const values = await stepFrom(optimiser, tf.fill([...shape], 8), tf.zeros([...shape]), 0.1);
        assertClose('weight', values, [expected], 1e-6);
        optimiser.dispose();
      }
    });

    it('keeps two tensors per parameter, whatever the number of steps', async () => {
      const before = tf.memory().numTensors;
      const optimiser = new AdamW();
      for (let step = 0; step < 5; step++) await stepFrom(optimiser, tf.ones([2, 2]), tf.ones([2, 2]), 0.1);
      assert.equal(tf.memory().numTensors, before + 2);
      optimiser.dispose();
      assert.equal(tf.memory().numTensors, before);
    });

    it('refuses gradients of no parameter', () => {
      const gradient = tf.scalar(1);
      assert.throws(() => new AdamW().step(new Map(), new Map([['w', gradient]]), 1, () => {}), /no such parameter/);
      gradient.dispose();
    });
  });

  describe('WeightAverage', () => {
    it('moves a tenth of the way at a decay of 0.9', async () => {
      const average = new WeightAverage(0.9);
      for (const value of [10, 20, 0]) {
        const weight = tf.scalar(value);
        average.update([['w', weight]]);
        weight.dispose();
      }
      assertClose('average', await average.tensors().get('w')!.data(), [9.9], 1e-5); // 10, 11, 9.9
      average.dispose();
    });

    it('changes places with the weights, and back', async () => {
      const before = tf.memory().numTensors;
      const clip = initClip(tinyConfig(), 1, () => assert.fail());
      const average = new WeightAverage(0.5);
      average.update(clip.parameters);
      const own = clip.logitScale;
      clip.replace('logitScale', tf.scalar(1));
      average.update(clip.parameters);
      await clip.refreshLogitScale();
      await average.swap(clip);
      assertClose('multiplier', [clip.logitScale], [Math.exp((1 + Math.log(own)) / 2)], 1e-4);
      await average.swap(clip);
      assertClose('multiplier', [clip.logitScale], [Math.E], 1e-5);
      clip.dispose();
      average.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
  });
});
