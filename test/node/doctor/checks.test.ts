import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { avoided } from '../../../src/node/doctor/avoided.ts';
import { type Check, signal } from '../../../src/node/doctor/check.ts';
import { checks } from '../../../src/node/doctor/checks.ts';
import { plainGelu } from '../../../src/node/doctor/plain-math.ts';
import { runCheck, tolerance } from '../../../src/node/doctor/run-check.ts';
import { useBackend } from '../../../src/node.ts';
import { onEachBackend } from '../../golden.ts';

describe('the checks of doctor', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));
    for (const check of checks) {
      it(`find ${check.name} right`, async () => {
        const before = tf.memory().numTensors;
        const { error = Number.NaN, compared, fault } = await runCheck(check);
        assert.equal(fault, undefined);
        assert.ok(error <= 1e-5, `off by ${error}`);
        assert.ok(compared >= 16);
        assert.equal(tf.memory().numTensors, before);
      });
    }
  });

  describe('with faults', () => {
    before(() => useBackend('cpu'));
    const square: Check = {
      name: 'square',
      inputs: [signal(3, 4)],
      tensor: ([x]) => tf.square(x as tf.Tensor),
      plain: ([x = []]) => x.map((value) => value * value),
      compares: 'both',
    };
    const wrongGradient = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => dy,
    }));
    const faulty: [what: string, check: Check, least: number][] = [
      ['a value that is off', { ...square, plain: ([x = []]) => x.map((value) => value * value + 0.001) }, 9e-4],
      ['a gradient that is off', { ...square, tensor: ([x]) => wrongGradient(x as tf.Tensor) }, 0.1],
      ['NaN', { ...square, tensor: ([x]) => tf.sqrt(x as tf.Tensor) }, Number.NaN],
    ];
    for (const [what, check, least] of faulty) {
      it(`find ${what}`, async () => {
        const { error = 0 } = await runCheck(check);
        assert.ok(Number.isNaN(least) ? Number.isNaN(error) : error >= least, `off by ${error}`);
        assert.ok(!(error <= tolerance));
      });
    }

    it('say what was thrown, and leave no tensor behind', async () => {
      const before = tf.memory().numTensors;
      const result = await runCheck({ ...square, tensor: ([x]) => tf.matMul(x as tf.Tensor, x as tf.Tensor) });
      assert.equal(result.error, undefined);
      assert.match(result.fault ?? '', /matMul/);
      assert.equal(tf.memory().numTensors, before);
    });
  });

  it('know what wasm of tfjs 4.22 gets wrong', async () => {
    await useBackend('wasm');
    const found = new Map<string, number | undefined>();
    for (const check of avoided) found.set(check.name, (await runCheck(check)).error);
    assert.ok((found.get('fused.matMul with a batch and a bias') ?? 0) > 0.1);
    await useBackend('cpu');
    for (const check of avoided) assert.ok(((await runCheck(check)).error ?? 1) < 1e-5, check.name);
  });
});

describe('plainGelu()', () => {
  it('has the published values of the error function', () => {
    // erf(0.5), erf(1), erf(2): Abramowitz and Stegun, table 7.1
    for (const [x, erf] of [
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
    ] as const) {
      const [gelu = 0] = plainGelu([x * Math.SQRT2]);
      assert.ok(Math.abs((2 * gelu) / (x * Math.SQRT2) - 1 - erf) < 1e-9, `erf(${x})`);
    }
  });
});
