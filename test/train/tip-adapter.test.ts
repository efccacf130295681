import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { cosinesOf } from '../../src/cosines.ts';
import { softmax } from '../../src/softmax.ts';
import {
  buildTipAdapter,
  predictProbe,
  searchTipAdapter,
  type TipAdapter,
  takeShare,
  takeShots,
  tipAdapterLogits,
} from '../../src/train.ts';
import { assertClose } from '../assert-close.ts';
import { goldens } from '../golden.ts';

type Case = {
  scale: number;
  alpha: number;
  beta: number;
  keys: number[][];
  labels: number[];
  directions: number[][];
  queries: number[][];
  logits: number[][];
};

/** The formula in numpy: test/interop/probe.py. */
const { tip } = JSON.parse(readFileSync(join(goldens, 'probe', 'probe.json'), 'utf8')) as { tip: Case };
const rowsOf = (rows: number[][]) => rows.map((row) => Float32Array.from(row));
const [keys, queries] = [rowsOf(tip.keys), rowsOf(tip.queries)];
const words = { classNames: ['a', 'b', 'c', 'd', 'e'], weights: rowsOf(tip.directions) };
const { alpha, beta, scale: logitScale } = tip;

describe('buildTipAdapter()', () => {
  it('computes the formula, whatever length the features have', () => {
    const longer = (rows: Float32Array[]) => rows.map((row, i) => row.map((entry) => entry * (i + 3)));
    const adapter = buildTipAdapter(words, longer(keys), tip.labels, { logitScale, alpha, beta });
    for (const [query, feature] of longer(queries).entries())
      assertClose(`logits ${query}`, tipAdapterLogits(feature, adapter), tip.logits[query]!, 1e-5);
  });

  it('is the zero-shot classifier at alpha 0', () =>
    fc.assert(
      fc.property(fc.float({ min: 0, max: 20, noNaN: true }), fc.nat(queries.length - 1), (sharpness, query) => {
        const adapter = buildTipAdapter(words, keys, tip.labels, { logitScale, alpha: 0, beta: sharpness });
        const [probabilities] = predictProbe([queries[query]!], adapter);
        assertClose(
          'probabilities',
          probabilities!,
          softmax(cosinesOf(queries[query]!, words.weights), logitScale),
          1e-6,
        );
      }),
    ));

  it('refuses what does not fit together', () => {
    const labels = tip.labels;
    assert.throws(() => buildTipAdapter(words, keys, labels, { logitScale, alpha: -1 }), /alpha from 0 but got -1/);
    assert.throws(() => buildTipAdapter(words, keys.slice(3), labels.slice(3), { logitScale }), /'a' has no picture/);
    const narrow = { ...words, weights: words.weights.map((row) => row.slice(1)) };
    assert.throws(() => buildTipAdapter(narrow, keys, labels, { logitScale }), /width 8 for each of 5 classes/);
  });
});

describe('searchTipAdapter()', () => {
  const adapter = buildTipAdapter(words, keys, tip.labels, { logitScale });
  const accuracyOf = (labels: number[], one: TipAdapter) =>
    queries.filter((row, i) => {
      const logits = tipAdapterLogits(row, one);
      return logits.indexOf(Math.max(...logits)) === labels[i];
    }).length / queries.length;
  const zeroShot = queries.map((row) => {
    const cosines = cosinesOf(row, words.weights);
    return cosines.indexOf(Math.max(...cosines));
  });

  it('keeps the words alone where they are right', () => {
    const { best } = searchTipAdapter(adapter, { features: queries, labels: zeroShot });
    assert.deepEqual([best.alpha, best.accuracy], [0, 1]);
  });

  it('leans on the cache where the words are wrong, and says what that gives', () => {
    const nearest = queries.map((row) => {
      const cosines = cosinesOf(row, keys);
      return tip.labels[cosines.indexOf(Math.max(...cosines))]!;
    });
    const narrow = { ...adapter, logitScale: 1 };
    const found = searchTipAdapter(narrow, { features: queries, labels: nearest });
    assert.ok(found.best.accuracy > accuracyOf(nearest, { ...narrow, alpha: 0 }), 'better than words');
    assert.equal(accuracyOf(nearest, found.adapter), found.best.accuracy);
  });
});

describe('takeShots() and takeShare()', () => {
  const labels = ['a', 'a', 'b', 'a', 'b', 'c', 'a', 'a'];
  it('take so many of each class, by the seed', () => {
    const { taken, rest } = takeShots(labels, 2, 1);
    const counts = (items: number[]) =>
      ['a', 'b', 'c'].map((name) => items.filter((item) => labels[item] === name).length);
    assert.deepEqual(counts(taken), [2, 2, 1]);
    assert.deepEqual([...taken, ...rest].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(takeShots(labels, 2, 1), { taken, rest });
    const draws = new Set(Array.from({ length: 20 }, (_, seed) => takeShots(labels, 2, seed).taken.join()));
    assert.ok(draws.size > 3, 'seeds differ');
    assert.deepEqual(counts(takeShare(labels, 0.4, 1).taken), [2, 1, 0]);
    assert.throws(() => takeShots(labels, 0, 1), /positive whole number/);
    assert.throws(() => takeShare(labels, 1, 1), /between 0 and 1/);
  });
});
