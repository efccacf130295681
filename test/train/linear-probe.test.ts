import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { logisticObjective } from '../../src/train/logistic-objective.ts';
import { fitLinearProbe, type LinearProbe, measureProbe, predictProbe, sweepLinearProbe } from '../../src/train.ts';
import { assertClose } from '../assert-close.ts';
import { goldens, onEachBackend } from '../golden.ts';

type Case = {
  c: number;
  features: number[][];
  labels: number[];
  weights: number[][];
  biases: number[];
  probabilities: number[][];
};

/** scikit-learn's fits: test/interop/probe.py. */
const { linear: cases } = JSON.parse(readFileSync(join(goldens, 'probe', 'probe.json'), 'utf8')) as { linear: Case[] };

const classNames = (count: number) => Array.from({ length: count }, (_, place) => `class ${place}`);
const rowsOf = (rows: number[][]) => rows.map((row) => Float32Array.from(row));

/** Weights and biases as scikit-learn has them: of two classes, one row. */
function asScikit({ weights, biases }: LinearProbe): number[] {
  const rows = weights.map((row, place) => [...row, biases[place]!]);
  if (rows.length > 2) return rows.flat();
  return rows[1]!.map((entry, i) => entry - rows[0]![i]!);
}

/** Features around a place per class, and labels in turn. */
function blobs(count: number, classCount: number, spread: number, seed: number) {
  const normal = normalNumbers(7);
  const centres = Array.from({ length: classCount }, () => Float32Array.from({ length: 6 }, normal));
  const own = normalNumbers(seed);
  const labels = Array.from({ length: count }, (_, row) => row % classCount);
  return { labels, features: labels.map((label) => centres[label]!.map((entry) => entry + spread * own())) };
}

onEachBackend((backend) => {
  describe('fitLinearProbe()', () => {
    before(() => useBackend(backend));

    for (const [number, given] of cases.entries()) {
      const { c, labels, weights, biases } = given;
      const classes = classNames(Math.max(2, biases.length));
      it(`gives scikit-learn's weights: case ${number}, ${classes.length} classes, C ${c}`, async () => {
        const features = rowsOf(given.features);
        const before = tf.memory().numTensors;
        const fit = await fitLinearProbe(features, labels, { classes, c, tolerance: 1e-8 });
        assert.equal(tf.memory().numTensors, before);
        assert.ok(fit.isConverged, `${fit.iterations} iterations`);
        const expected = weights.flatMap((row, place) => [...row, biases[place]!]);
        const largest = Math.max(...expected.map(Math.abs));
        assertClose(
          'weights',
          asScikit(fit).map((entry) => entry / largest),
          expected.map((entry) => entry / largest),
          1e-4,
        );
        assertClose(
          'probabilities',
          predictProbe(features, fit).flatMap((row) => [...row]),
          given.probabilities.flat(),
          1e-4,
        );
      });
    }

    it('has a gradient that central differences agree with, at any point', async () => {
      const { features, labels } = blobs(20, 3, 1, 1);
      const table = tf.tensor2d(features.map((row) => [...row, 1]));
      const objective = logisticObjective({ features: table, labels, classCount: 3, penalty: 0.3 });
      const normal = normalNumbers(3);
      const point = Float64Array.from({ length: 21 }, normal);
      const { value, gradient } = await objective.begin(point);
      for (let axis = 0; axis < point.length; axis++) {
        const line = await objective.along(
          point,
          point.map((_, i) => Number(i === axis)),
        );
        const [h, here] = [1e-4, line.at(0)];
        assertClose(`value ${axis}`, [here.value], [value], 1e-12);
        const difference = (line.at(h).value - line.at(-h).value) / (2 * h);
        assertClose(`gradient ${axis}`, [here.slope, gradient[axis]!], [difference, difference], 1e-5);
      }
      table.dispose();
    });

    it('refuses what does not fit together', async () => {
      const { features, labels } = blobs(6, 3, 1, 1);
      const classes = classNames(3);
      const fails = (message: RegExp, ...args: Parameters<typeof fitLinearProbe>) =>
        assert.rejects(fitLinearProbe(...args), message);
      await fails(/a label for each of 6 features but got 5/, features, labels.slice(1), { classes });
      await fails(/two classes or more/, features, labels, { classes: ['one'] });
      await fails(/labels from 0 to 1 but got 2/, features, labels, { classes: classNames(2) });
      await fails(/'class 3' has no picture/, features, labels, { classes: classNames(4) });
      await fails(/expected c above 0 but got 0/, features, labels, { classes, c: 0 });
      await fails(/width 6 but row 5 has 5/, [...features.slice(0, 5), new Float32Array(5)], labels, { classes });
      const broken = [...features.slice(0, 5), new Float32Array(6).fill(Number.NaN)];
      await fails(/row 5 has NaN/, broken, labels, { classes });
    });

    it('says when more iterations would have changed it, and leaves no tensor when it is stopped', async () => {
      const { features, labels } = blobs(30, 3, 1, 1);
      const classes = classNames(3);
      const fit = await fitLinearProbe(features, labels, { classes, maxIterations: 2 });
      assert.deepEqual([fit.iterations, fit.isConverged], [2, false]);
      const before = tf.memory().numTensors;
      const controller = new AbortController();
      const onIteration = () => controller.abort(new Error('enough'));
      await assert.rejects(
        fitLinearProbe(features, labels, { classes, onIteration, signal: controller.signal }),
        /enough/,
      );
      assert.equal(tf.memory().numTensors, before);
    });
  });

  describe('sweepLinearProbe()', () => {
    before(() => useBackend(backend));

    it('goes from seven values of C to an eighth of a decade, towards the best', async () => {
      const [training, validation] = [blobs(24, 3, 1.5, 1), blobs(300, 3, 1.5, 2)];
      const classes = classNames(3);
      const { best: chosen, trials } = await sweepLinearProbe(training, validation, { classes });
      assert.equal(trials.length, 15);
      const best = Math.max(...trials.map(({ accuracy }) => accuracy));
      assert.equal(chosen.accuracy, best);
      assert.ok(trials.includes(chosen));
      const logs = trials.map((trial) => Math.log10(trial.c));
      const nearest = Math.min(...logs.slice(1).map((log, i) => log - logs[i]!));
      assertClose('distance', [nearest], [1 / 8], 1e-9);
      for (const log of [-6, -4, -2, 0, 2, 4, 6])
        assert.ok(
          logs.some((other) => Math.abs(other - log) < 1e-9),
          `${log}`,
        );
    });
  });
});

describe('measureProbe()', () => {
  it('counts what is right, and how surprised it is, by hand', () => {
    const probe: LinearProbe = {
      method: 'linear',
      classNames: ['a', 'b'],
      weights: [Float32Array.of(0), Float32Array.of(Math.log(3))],
      biases: Float32Array.of(0, 0),
      c: 1,
    };
    // The second class has 3 of 4 at 1, and 1 of 4 at -1.
    const figures = measureProbe([Float32Array.of(1), Float32Array.of(-1)], [1, 1], probe);
    assertClose(
      'figures',
      [figures.right, figures.accuracy, figures.loss],
      [1, 0.5, -(Math.log(3 / 4) + Math.log(1 / 4)) / 2],
      1e-7,
    );
    assert.throws(() => predictProbe([new Float32Array(2)], probe), /width 1 but got 2/);
  });
});
