import assert from 'node:assert/strict';
import { bootstrapInterval, type Interval, ratioInterval, wilsonInterval } from '../../src/evaluate/intervals.ts';
import { normalQuantile } from '../../src/evaluate/normal-quantile.ts';
import { normalNumbers, sampleSeed, uniformNumbers } from '../../src/random.ts';
import { assertClose } from '../assert-close.ts';

describe('intervals', () => {
  it('know the quantiles of the normal distribution', () => {
    const known = [0.5, 0.75, 0.95, 0.975, 0.995, 0.9999995].map(normalQuantile);
    const tables = [
      0, 0.6744897501960817, 1.6448536269514722, 1.959963984540054, 2.5758293035489004, 4.891638475698927,
    ];
    assertClose('quantiles', known, tables, 1e-9);
    for (const wrong of [0.4, 1, 2, Number.NaN]) assert.throws(() => normalQuantile(wrong), RangeError);
  });

  it('stay within what a proportion can be', () => {
    const z = 1.959963984540054;
    assert.equal(wilsonInterval(0, 10).low, 0);
    assertClose('0 of 10', [wilsonInterval(0, 10).high], [z ** 2 / (10 + z ** 2)], 1e-12);
    assert.equal(wilsonInterval(10, 10).high, 1);
    assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
  });

  it('refuse counts and levels that cannot be', () => {
    for (const [successes, count] of [
      [3, 2],
      [-1, 2],
      [0.5, 2],
      [Number.NaN, 2],
    ] as const)
      assert.throws(() => wilsonInterval(successes, count), /expected successes from 0 to the count/);
    assert.throws(() => wilsonInterval(1, 2, 95), /95 % is 0.95/);
    assert.throws(() => ratioInterval(0, 0, 1, 2), TypeError);
    assert.throws(() => bootstrapInterval(() => 0, 0, { seed: 1 }), TypeError);
    assert.throws(() => bootstrapInterval(() => 0, 5, { seed: 1, level: 1 }), RangeError);
    assert.throws(() => bootstrapInterval(() => 0, 5, { seed: 1, samples: 0 }), RangeError);
  });

  it('of ratios are finite where they can be, and never of no width', () => {
    const none = ratioInterval(0, 50, 10, 50);
    assert.deepEqual([none.ratio, none.low], [0, 0]);
    assert.ok(none.high > 0.1 && none.high < 1);
    assert.equal(ratioInterval(10, 50, 0, 50).high, Number.POSITIVE_INFINITY);
    assert.ok(Number.isNaN(ratioInterval(0, 50, 0, 50).ratio));
    const all = ratioInterval(5, 5, 5, 5);
    assert.ok(all.ratio === 1 && all.low < 0.8 && all.high > 1.25);
  });

  it('hold the middle of what the draws give', () => {
    let draw = 0;
    const interval = bootstrapInterval(() => draw++, 3, { seed: 1, samples: 1001, level: 0.9 });
    assertClose('ends', [interval.low, interval.high], [50, 950], 1e-9);
  });

  it('of a seed are always the same, and tell a statistic that often has no value', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const mean = (indices: Int32Array) => indices.reduce((sum, index) => sum + values[index]!, 0) / indices.length;
    const one = bootstrapInterval(mean, 8, { seed: 7 });
    assert.deepEqual(bootstrapInterval(mean, 8, { seed: 7 }), one);
    assert.notDeepEqual(bootstrapInterval(mean, 8, { seed: 8 }), one);
    const often = (indices: Int32Array) => (indices.includes(0) ? 1 : Number.NaN); // a third lacks it
    assert.deepEqual(bootstrapInterval(often, 8, { seed: 7 }), { low: Number.NaN, high: Number.NaN });
  });
});

describe('intervals of many simulated samples', () => {
  /** Fails unless the share of true values within is the level, up to three and a half standard errors. */
  function assertCoverage(level: number, trials: number, covers: (trial: number) => boolean): void {
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) covered += Number(covers(trial));
    const allowed = 3.5 * Math.sqrt((level * (1 - level)) / trials);
    assert.ok(Math.abs(covered / trials - level) <= allowed, `${covered} of ${trials} instead of ${level}`);
  }
  const within = ({ low, high }: Interval, value: number) => low <= value && value <= high;
  const binomial = (uniform: () => number, count: number, share: number) => {
    let successes = 0;
    for (let i = 0; i < count; i++) successes += Number(uniform() < share);
    return successes;
  };

  for (const level of [0.8, 0.95]) {
    it(`cover proportions at ${level}`, () => {
      const uniform = uniformNumbers(11);
      assertCoverage(level, 6000, () => {
        const [share, count] = [uniform(), 10 + Math.floor(90 * uniform())];
        return within(wilsonInterval(binomial(uniform, count, share), count, level), share);
      });
    });

    it(`cover ratios at ${level}`, () => {
      const uniform = uniformNumbers(12);
      assertCoverage(level, 3000, () => {
        const [share, other] = [0.2 + 0.6 * uniform(), 0.2 + 0.6 * uniform()];
        const [some, others] = [binomial(uniform, 150, share), binomial(uniform, 100, other)];
        return within(ratioInterval(some, 150, others, 100, level), share / other);
      });
    });

    it(`cover means at ${level} by the bootstrap`, () => {
      const normal = normalNumbers(13);
      assertCoverage(level, 2000, (trial) => {
        const values = Float64Array.from({ length: 100 }, normal);
        const mean = (indices: Int32Array) => {
          let sum = 0;
          for (const index of indices) sum += values[index] as number;
          return sum / indices.length;
        };
        return within(bootstrapInterval(mean, 100, { seed: sampleSeed(5, trial), samples: 300, level }), 0);
      });
    });
  }
});
