import assert from 'node:assert/strict';
import { groupingOf } from '../../../src/evaluate/audit/grouping.ts';
import { compareGroups, differenceOf, ratesByGroup } from '../../../src/evaluate/audit/rates.ts';
import {
  accuracyGap,
  accuracyRatio,
  demographicParityDifference,
  demographicParityRatio,
  equalOpportunityDifference,
} from '../../../src/evaluate/group-gaps.ts';
import { groupMetrics, rateOf } from '../../../src/evaluate/groups.ts';
import { uniformNumbers } from '../../../src/random.ts';
import { assertClose } from '../../assert-close.ts';

describe('rates of groups', () => {
  it('give the interval of a difference that Newcombe (1998, table II, a) prints', () => {
    const { value, low, high } = differenceOf(rateOf(56, 70), rateOf(48, 80));
    assert.deepEqual(
      [value, low, high].map((number) => number.toFixed(4)),
      ['0.2000', '0.0524', '0.3339'],
    );
  });

  it('have the gaps and ratios of the group metrics', () => {
    const uniform = uniformNumbers(5);
    const samples = Array.from({ length: 400 }, () => ({
      group: 'abc'[Math.floor(3 * uniform())] as string,
      label: Math.floor(2 * uniform()),
      predicted: Math.floor(2 * uniform()),
    }));
    const metrics = groupMetrics(samples, 1);
    const grouping = groupingOf(
      'group',
      samples.map(({ group }) => group),
    );
    const sample = (row: number) => samples[row] as (typeof samples)[number];
    const accuracy = ratesByGroup(grouping, (row) => sample(row).label === sample(row).predicted);
    const selection = ratesByGroup(grouping, (row) => sample(row).predicted === 1);
    const hits = ratesByGroup(
      grouping,
      (row) => sample(row).predicted === 1,
      (row) => sample(row).label === 1,
    );
    assert.equal(accuracy.gap?.value, accuracyGap(metrics));
    assert.equal(accuracy.ratio?.value, accuracyRatio(metrics));
    assert.equal(selection.gap?.value, demographicParityDifference(metrics));
    assert.equal(selection.ratio?.value, demographicParityRatio(metrics));
    assert.equal(hits.gap?.value, equalOpportunityDifference(metrics));
  });

  it('leave out groups of fewer than 30 and rows without a group', () => {
    const groups = compareGroups('age', [
      { group: 'young', hits: 20, count: 40 },
      { group: 'middle', hits: 29, count: 29 },
      { group: 'old', hits: 12, count: 30 },
    ]);
    assert.deepEqual(
      groups.groups.map(({ insufficient }) => insufficient),
      [false, true, false],
    );
    assert.deepEqual([groups.gap?.highest, groups.gap?.lowest], ['young', 'old']);
    assertClose('gap', [groups.gap?.value ?? Number.NaN], [0.1], 1e-12);
    const grouping = groupingOf('x', ['a', '', 'b', 'a']);
    assert.deepEqual(
      ratesByGroup(grouping, () => true).groups.map(({ rate }) => rate.count),
      [2, 1],
    );
  });

  it('have no gap where only one group is large enough, and no ratio of nothing to nothing', () => {
    const one = { group: 'a', hits: 0, count: 40 };
    assert.equal(compareGroups('x', [one, { group: 'b', hits: 5, count: 5 }]).gap, null);
    assert.equal(compareGroups('x', [one, { ...one, group: 'b' }]).ratio, null);
    assert.equal(compareGroups('x', [one, { ...one, group: 'b' }]).gap?.value, 0);
  });
});
