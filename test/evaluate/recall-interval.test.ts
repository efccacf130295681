import assert from 'node:assert/strict';
import { type Interval, wilsonInterval } from '../../src/evaluate/intervals.ts';
import { recallInterval } from '../../src/evaluate/recall-interval.ts';
import { uniformNumbers } from '../../src/random.ts';
import { assertClose } from '../assert-close.ts';

const assertEqual = (actual: Interval, expected: Interval) =>
  assertClose('ends', [actual.low, actual.high], [expected.low, expected.high], 1e-12);

describe('recallInterval()', () => {
  it('is that of the accuracy where each class has one picture', () => {
    const labels = Array.from({ length: 40 }, (_, index) => index);
    const predicted = labels.map((label) => (label % 4 === 0 ? label : -1));
    const { low, high } = recallInterval(predicted, labels);
    const accuracy = wilsonInterval(10, 40);
    assert.ok(Math.abs(low - accuracy.low) < 0.01 && Math.abs(high - accuracy.high) < 0.01);
  });

  it('is not sure of few pictures that are all right, or all wrong', () => {
    assertEqual(recallInterval([0, 1, 2, 3], [0, 1, 2, 3]), wilsonInterval(4, 4));
    assertEqual(recallInterval([0], [1]), wilsonInterval(0, 1));
    // two pictures of one class, six of another: worth 2² / (1/2 + 1/6) = 6
    const labels = [0, 0, 1, 1, 1, 1, 1, 1];
    assertEqual(recallInterval(labels, labels), wilsonInterval(6, 6));
  });

  const uniform = uniformNumbers(21);
  const between = (count: number, low: number, high: number) =>
    Array.from({ length: count }, () => low + (high - low) * uniform());
  /** How often 95 % are: with single pictures of easy and hard classes more often, for their own spread cannot be seen. */
  const situations: [what: string, sizes: number[], recalls: number[], most: number][] = [
    ['one picture for each class', new Array(200).fill(1), new Array(200).fill(0.3), 0.97],
    ['one for each, some classes easy and some hard', new Array(200).fill(1), between(200, 0, 1), 1],
    ['ten for each, some classes easy and some hard', new Array(20).fill(10), between(20, 0.2, 0.95), 0.97],
    ['classes of very different sizes', [2, 3, 5, 8, 13, 21, 34, 55, 89, 144], between(10, 0.3, 0.9), 0.97],
    [
      'single pictures beside many',
      [...new Array(50).fill(1), ...new Array(10).fill(30)],
      new Array(60).fill(0.6),
      0.97,
    ],
    ['almost everything right', new Array(5).fill(20), [0.99, 0.98, 0.95, 0.97, 0.99], 0.99],
    ['two classes', [60, 40], [0.9, 0.6], 0.97],
  ];
  for (const [what, sizes, recalls, most] of situations)
    it(`covers the true mean as often as it says: ${what}`, () => {
      const truth = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
      const labels = sizes.flatMap((size, label) => new Array<number>(size).fill(label));
      const trials = 4000;
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const predicted = labels.map((label) => (uniform() < (recalls[label] as number) ? label : -1));
        const { low, high } = recallInterval(predicted, labels);
        covered += Number(low <= truth && truth <= high);
      }
      assert.ok(covered >= 0.93 * trials && covered <= most * trials, `${covered} of ${trials}`);
    });
});
