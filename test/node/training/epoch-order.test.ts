import assert from 'node:assert/strict';
import { joinPairs, pairList, pickPairs, takePairs } from '../../../src/node/pair-list.ts';
import type { FilePair } from '../../../src/node/pairs.ts';
import { splitPairs } from '../../../src/node/split-pairs.ts';
import { epochOrder, pairsPerEpoch } from '../../../src/node/training/epoch-order.ts';

const pairs = (count: number, name = ''): FilePair[] =>
  Array.from({ length: count }, (_, line) => ({ line, image: `${name}${line}.png`, texts: ['x'] }));

/** How often each pair is shown in these epochs. */
function counts(list: Parameters<typeof epochOrder>[0], epochs: readonly number[]): number[] {
  const shown = Array<number>(list.length).fill(0);
  for (const epoch of epochs) for (const pair of epochOrder(list, 3, epoch).pairs) shown[pair]!++;
  return shown;
}

describe('the order of an epoch', () => {
  it('of one source is the one that version 0.1 had', () => {
    const order = epochOrder({ length: 24 }, 3, 0);
    const golden = [9, 22, 2, 23, 3, 14, 1, 7, 12, 13, 19, 15, 5, 10, 17, 11, 16, 6, 20, 18, 0, 21, 4, 8];
    assert.deepEqual([...order.pairs], golden);
    assert.deepEqual([...order.turns], golden);
    const second = [10, 7, 19, 14, 12, 2, 23, 22, 6, 5, 0, 13, 21, 1, 16, 15, 20, 3, 17, 9, 18, 8, 4, 11];
    assert.deepEqual([...epochOrder({ length: 24 }, 3, 1).pairs], second);
    assert.deepEqual(epochOrder({ length: 24, weights: [{ pairs: 24, weight: 1 }] }, 3, 0), order);
  });

  it('shows each pair as often as its weight says', () => {
    const list = {
      length: 9,
      weights: [
        { pairs: 4, weight: 2 },
        { pairs: 5, weight: 1 },
      ],
    };
    assert.equal(pairsPerEpoch(list), 13);
    assert.deepEqual(counts(list, [7]), [2, 2, 2, 2, 1, 1, 1, 1, 1]);
    assert.equal(new Set(epochOrder(list, 3, 0).turns).size, 13);
  });

  it('takes another part in each epoch for a fraction, until all had their turn', () => {
    const list = {
      length: 14,
      weights: [
        { pairs: 10, weight: 0.2 },
        { pairs: 4, weight: 1.5 },
      ],
    };
    assert.equal(pairsPerEpoch(list), 2 + 4 + 2);
    for (const epoch of [0, 1, 2, 3, 4, 5]) {
      const shown = counts(list, [epoch]);
      assert.equal(Math.max(...shown.slice(0, 10)), 1);
      assert.ok(shown.slice(10).every((times) => times === 1 || times === 2));
    }
    assert.deepEqual(counts(list, [0, 1, 2, 3, 4]).slice(0, 10), Array(10).fill(1));
    assert.deepEqual(counts(list, [5, 6, 7, 8, 9]).slice(0, 10), Array(10).fill(1));
    assert.deepEqual(counts(list, [0, 1]).slice(10), [3, 3, 3, 3]);
    assert.notDeepEqual(counts(list, [0]), counts(list, [1]));
  });

  it('follows from seed and epoch alone', () => {
    const list = { length: 10, weights: [{ pairs: 10, weight: 0.5 }] };
    assert.deepEqual(epochOrder(list, 5, 3), epochOrder(list, 5, 3));
    assert.notDeepEqual(epochOrder(list, 5, 3), epochOrder(list, 6, 3));
  });
});

describe('lists of pairs', () => {
  const [a, b] = [pairs(4, 'a'), pairs(3, 'b')];
  const joined = joinPairs([
    { list: pairList(a), weight: 2 },
    { list: pairList(b), weight: 0.5 },
  ]);

  it('are joined, and some are picked with the weights that they had', async () => {
    assert.deepEqual(await takePairs(joined), [...a, ...b]);
    assert.deepEqual(await Promise.all([6, 0, 4].map((index) => joined.read(index))), [b[2], a[0], b[0]]);
    const some = pickPairs(joined, Uint32Array.of(1, 3, 4));
    assert.deepEqual(await takePairs(some), [a[1], a[3], b[0]]);
    assert.deepEqual(await some.read(2), b[0]);
    assert.deepEqual(some.weights, [
      { pairs: 2, weight: 2 },
      { pairs: 1, weight: 0.5 },
    ]);
    assert.equal(joinPairs([{ list: pairList(a), weight: 1 }]).weights, undefined);
    assert.deepEqual(await takePairs(joined, 2), a.slice(0, 2));
  });

  it('are split as version 0.1 split them', async () => {
    const rows = pairs(40).map((pair, row) => ({ ...pair, image: `${row >> 1}.png` }));
    const { validation } = await splitPairs(pairList(rows), 0.25, 3);
    assert.deepEqual(
      (await takePairs(validation)).map(({ line }) => line),
      [2, 3, 18, 19, 20, 21, 28, 29, 30, 31],
    );
  });
});
