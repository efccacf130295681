import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DisjointSets } from '../../src/search/disjoint-sets.ts';
import { joinNearHashes } from '../../src/search/near-hashes.ts';

function groupsOf(hashes: Uint32Array, distance: number, confirm = (_row: number, _other: number) => true): number[][] {
  const sets = new DisjointSets(hashes.length / 4);
  joinNearHashes(hashes, distance, confirm, sets);
  return sets.groups();
}

function differentBits(one: Uint32Array, other: Uint32Array): number {
  return [...one].reduce(
    (sum, word, at) =>
      sum + [...((word ^ (other[at] as number)) >>> 0).toString(2)].filter((bit) => bit === '1').length,
    0,
  );
}

describe('hashes that are near', () => {
  it('are joined up to the distance, and where they are confirmed', () => {
    const hashes = new Uint32Array([0, 0, 0, 0, 0b111, 0, 0, 0, 0b111, 0, 0, 0x80000000, 0xffff0000, 0, 0, 0]);
    assert.deepEqual(groupsOf(hashes, 2), [[1, 2]]);
    assert.deepEqual(groupsOf(hashes, 3), [[0, 1, 2]]);
    assert.deepEqual(
      groupsOf(hashes, 3, (row, other) => row + other !== 1 && row + other !== 2),
      [[1, 2]],
    );
    assert.throws(() => groupsOf(hashes, 8), /expected a distance from 0 to 7 bits but got 8/);
  });

  it('are those that a comparison of every pair finds', () => {
    const hash = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 6 }));
    fc.assert(
      fc.property(
        fc.array(hash, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 0, max: 7 }),
        (described, distance) => {
          const centres = [0, 0xffffffff, 0x0f0f1234, 0xdeadbeef];
          const hashes = new Uint32Array(4 * described.length);
          for (const [row, [centre, flips]] of described.entries()) {
            hashes.fill(centres[centre] as number, 4 * row, 4 * row + 4);
            for (const bit of flips) hashes[4 * row + (bit >> 5)]! ^= 1 << (bit % 32);
          }
          const expected = new DisjointSets(described.length);
          for (let row = 0; row < described.length; row++)
            for (let other = 0; other < row; other++)
              if (
                differentBits(hashes.subarray(4 * row, 4 * row + 4), hashes.subarray(4 * other, 4 * other + 4)) <=
                distance
              )
                expected.join(row, other);
          assert.deepEqual(groupsOf(hashes, distance), expected.groups());
        },
      ),
      { numRuns: 40 },
    );
  });
});
