import assert from 'node:assert/strict';
import { clusterInterval } from '../../src/evaluate/cluster-interval.ts';
import { shareInterval, wilsonInterval } from '../../src/evaluate/intervals.ts';
import { uniformNumbers } from '../../src/random.ts';

describe('clusterInterval()', () => {
  it('is that of independent samples where each is a cluster', () => {
    const isRight = [true, false, true, true, false, true];
    const { low, high } = clusterInterval(isRight, [1, 2, 3, 4, 5, 6]);
    const wilson = wilsonInterval(4, 6);
    assert.ok(Math.abs(low - wilson.low) < 1e-12 && Math.abs(high - wilson.high) < 1e-12);
  });

  it('is that of the clusters where all of one fare alike', () => {
    const outcomes = Array.from({ length: 40 }, (_, cluster) => cluster % 4 !== 0);
    const isRight = outcomes.flatMap((right) => [right, right, right]);
    const clusters = outcomes.flatMap((_, cluster) => [cluster, cluster, cluster]);
    const { low, high } = clusterInterval(isRight, clusters);
    const wilson = wilsonInterval(30, 40);
    // 40 clusters of 3 are worth 40 * 117 / 119 samples, for what is known of 120 is a little more.
    assert.ok(Math.abs(low - wilson.low) < 0.003 && Math.abs(high - wilson.high) < 0.003);
    const all = clusterInterval(
      clusters.map(() => true),
      clusters,
    );
    assert.equal(all.high, 1);
    assert.ok(Math.abs(all.low - wilsonInterval(40, 40).low) < 1e-12);
  });

  it('never is worth more than the samples, and takes one cluster for one sample', () => {
    const { low, high } = clusterInterval([true, false, true, false], [1, 1, 2, 2]);
    const wilson = wilsonInterval(2, 4);
    assert.ok(Math.abs(low - wilson.low) < 1e-12 && Math.abs(high - wilson.high) < 1e-12);
    assert.deepEqual(clusterInterval([true, true, false, true], [1, 1, 1, 1]), shareInterval(0.75, 1));
  });

  for (const [easy, hard] of [
    [0.95, 0.3],
    [0.99, 0.8],
  ] as const)
    it(`covers at its level where pictures have ${easy} and ${hard} of their captions found`, () => {
      const uniform = uniformNumbers(7);
      const exact = (easy + hard) / 2;
      const runs = 1000;
      let [covered, naive] = [0, 0];
      for (let run = 0; run < runs; run++) {
        const [isRight, clusters]: [boolean[], number[]] = [[], []];
        for (let cluster = 0; cluster < 60; cluster++) {
          const chance = uniform() < 0.5 ? easy : hard;
          for (let caption = 0; caption < 5; caption++) {
            isRight.push(uniform() < chance);
            clusters.push(cluster);
          }
        }
        const holds = ({ low, high }: { low: number; high: number }) => Number(low <= exact && exact <= high);
        covered += holds(clusterInterval(isRight, clusters));
        naive += holds(wilsonInterval(isRight.filter(Boolean).length, isRight.length));
      }
      assert.ok(Math.abs(covered / runs - 0.95) < 0.0207, `${covered / runs}`); // 3 standard errors
      assert.ok(naive < covered, `${naive}`);
      if (hard === 0.3) assert.ok(naive / runs < 0.85, `${naive / runs}`);
    });

  it('refuses lists of different lengths', () => assert.throws(() => clusterInterval([true], []), TypeError));
});
