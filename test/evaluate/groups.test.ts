import assert from 'node:assert/strict';
import {
  accuracyGap,
  accuracyRatio,
  demographicParityDifference,
  demographicParityRatio,
  equalizedOddsDifference,
  equalOpportunityDifference,
} from '../../src/evaluate/group-gaps.ts';
import { type GroupSample, groupMetrics } from '../../src/evaluate/groups.ts';
import { wilsonInterval } from '../../src/evaluate/intervals.ts';
import { assertClose } from '../assert-close.ts';

/** As many samples as each [label, predicted, count] says. */
function samplesOf(group: string, ...counts: readonly [number, number, number][]): GroupSample[] {
  return counts.flatMap(([label, predicted, count]) => new Array(count).fill({ group, label, predicted }));
}

describe('groups', () => {
  const groups = groupMetrics(
    [...samplesOf('old', [1, 1, 10], [1, 0, 10], [0, 1, 5], [0, 0, 15]), ...samplesOf('new', [1, 1, 9], [2, 0, 20])],
    1,
  );

  it('are counted by name, with intervals, and marked when they are small', () => {
    const [young, old] = groups;
    assert.deepEqual([young?.group, young?.count, young?.insufficient], ['new', 29, true]);
    assert.deepEqual([old?.group, old?.count, old?.insufficient], ['old', 40, false]);
    assert.deepEqual(old?.accuracy, { value: 25 / 40, successes: 25, count: 40, ...wilsonInterval(25, 40) });
    assert.deepEqual(old?.selectionRate, { value: 15 / 40, successes: 15, count: 40, ...wilsonInterval(15, 40) });
    assert.deepEqual(old?.truePositiveRate, { value: 10 / 20, successes: 10, count: 20, ...wilsonInterval(10, 20) });
    assert.deepEqual(old?.falsePositiveRate, { value: 5 / 20, successes: 5, count: 20, ...wilsonInterval(5, 20) });
    assert.equal(young?.accuracy.value, 9 / 29); // a 2 that got 0 is wrong, though neither is the positive class
  });

  it('have gaps', () => {
    const gaps = [
      accuracyGap(groups),
      accuracyRatio(groups),
      demographicParityDifference(groups),
      demographicParityRatio(groups),
      equalizedOddsDifference(groups),
      equalOpportunityDifference(groups),
    ].map((gap) => gap ?? Number.NaN);
    const [old, young] = [15 / 40, 9 / 29];
    assertClose('gaps', gaps, [25 / 40 - 9 / 29, 9 / 29 / (25 / 40), old - young, young / old, 0.5, 0.5], 1e-15);
  });

  it('have no gap where there is nothing to compare', () => {
    const [first] = groups;
    assert.equal(accuracyGap([first!]), undefined);
    const lacking = groupMetrics([...samplesOf('a', [1, 1, 40]), ...samplesOf('b', [0, 0, 40])], 1);
    assert.ok(Number.isNaN(lacking[1]?.truePositiveRate.value));
    assert.deepEqual([lacking[1]?.truePositiveRate.low, lacking[1]?.truePositiveRate.high], [0, 1]);
    assert.equal(equalOpportunityDifference(lacking), undefined);
    assert.equal(equalizedOddsDifference(lacking), undefined);
    assert.equal(demographicParityDifference(lacking), 1);
  });

  it('need samples', () => {
    assert.throws(() => groupMetrics([], 1), TypeError);
  });
});
