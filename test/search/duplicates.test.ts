import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalNumbers } from '../../src/random.ts';
import { DisjointSets } from '../../src/search/disjoint-sets.ts';
import { duplicateGroups, duplicateSteps } from '../../src/search/duplicates.ts';
import { principalAxes } from '../../src/search/principal-axes.ts';
import type { SearchIndex } from '../../src/search/search-index.ts';
import { shadowsOf } from '../../src/search/shadows.ts';
import { assertClose } from '../assert-close.ts';
import { indexOf, randomUnits, unit } from './random-rows.ts';

const product = (one: ArrayLike<number>, other: ArrayLike<number>) => {
  let sum = 0;
  for (let axis = 0; axis < one.length; axis++) sum += one[axis]! * other[axis]!;
  return sum;
};

/** The definition: flood from each row over all pairs; ids, the largest groups first. */
function bruteForce(vectors: readonly ArrayLike<number>[], { entries }: SearchIndex, threshold: number): number[][] {
  const seen = new Set<number>();
  const groups: number[][] = [];
  for (const start of vectors.keys()) {
    if (seen.has(start)) continue;
    const group = [start];
    seen.add(start);
    for (const row of group)
      for (const other of vectors.keys())
        if (
          !seen.has(other) &&
          (entries[row]!.hash === entries[other]!.hash || product(vectors[row]!, vectors[other]!) >= threshold)
        ) {
          seen.add(other);
          group.push(other);
        }
    if (group.length > 1) groups.push(group.sort((a, b) => a - b).map((row) => entries[row]!.id));
  }
  return groups.sort((one, other) => other.length - one.length);
}

const idsOf = (groups: ReturnType<typeof duplicateGroups>) => groups.map(({ entries }) => entries.map(({ id }) => id));

/** Unit vectors round some centres, so that pairs lie on both sides of any threshold. */
function clusters(count: number, width: number, seed: number): Float32Array[] {
  const normal = normalNumbers(seed);
  const centres = randomUnits(Math.ceil(count / 6), width, seed + 1);
  return Array.from({ length: count }, (_, row) => {
    const spread = 0.05 + (0.4 * ((row * 7919) % 11)) / 11;
    const centre = centres[(row * 31) % centres.length] as Float32Array;
    return unit(Array.from(centre, (value) => value + (spread * normal()) / Math.sqrt(width)));
  });
}

describe('duplicates', () => {
  it('groups by hand what is linked, also through others', () => {
    const angles = [0, 90, 15, 180, 30, 270, 181];
    const vectors = angles.map((degrees) =>
      unit([Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]),
    );
    const index = indexOf(vectors, [{}, { hash: 'same' }, {}, {}, {}, { hash: 'same' }], [2, 3]);
    const groups = duplicateGroups(index); // cos 15° = 0.966, cos 30° = 0.866
    assert.deepEqual(idsOf(groups), [
      [10, 14, 18],
      [12, 20],
      [16, 22],
    ]);
    assertClose('similarities', groups[0]!.similarities, [1, Math.cos(Math.PI / 12), Math.cos(Math.PI / 6)], 1e-7);
    assertClose(
      'least',
      groups.map(({ similarity }) => similarity),
      [Math.cos(Math.PI / 6), -1, Math.cos(Math.PI / 180)],
      1e-7,
    );
    assert.deepEqual(
      groups.map(({ isSameFile }) => isSameFile),
      [false, true, false],
    );
  });

  for (const [count, width, threshold] of [
    [700, 128, 0.95],
    [700, 128, 0.8],
    [2500, 96, 0.9], // more than a block
    [300, 8, 0.99],
  ] as const)
    it(`equals all pairs of ${count} x ${width} at ${threshold}`, () => {
      const vectors = clusters(count, width, count);
      const index = indexOf(vectors, [], [5, 600]);
      const expected = bruteForce(vectors, index, threshold);
      assert.ok(expected.length > 3, 'the case has groups');
      assert.deepEqual(idsOf(duplicateGroups(index, { threshold })), expected);
    });

  it('equals all pairs for any few vectors, with equal ones and NaN', () => {
    const value = fc.oneof(
      { weight: 60, arbitrary: fc.integer({ min: -3, max: 3 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    const vector = fc
      .array(value, { minLength: 3, maxLength: 3 })
      .filter((values) => values.some((part) => part !== 0));
    const given = fc.record({
      vectors: fc.array(vector.map(unit), { maxLength: 40 }),
      hashes: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }),
      threshold: fc.constantFrom(0.3, 0.8, 0.95, 0.999),
    });
    fc.assert(
      fc.property(given, ({ vectors, hashes, threshold }) => {
        const index = indexOf(
          vectors,
          hashes.map((hash) => ({ hash: `hash ${hash}` })),
        );
        assert.deepEqual(idsOf(duplicateGroups(index, { threshold })), bruteForce(vectors, index, threshold));
      }),
      { numRuns: 300 },
    );
  });

  it('goes in steps that say how far it is', () => {
    const shares: number[] = [];
    const steps = duplicateSteps(indexOf(randomUnits(5000, 4, 1)), { threshold: 0.999 });
    for (let step = steps.next(); !step.done; step = steps.next()) shares.push(step.value);
    assert.equal(shares[0], 0);
    assert.equal(shares.at(-1), 1);
    assert.ok(shares.length > 15 && shares.every((share, step) => share >= (shares[step - 1] ?? 0)), String(shares));
  });

  it('finds none in nothing and refuses a threshold out of range', () => {
    assert.deepEqual(duplicateGroups(indexOf([])), []);
    for (const threshold of [0, -1, 1.01, Number.NaN])
      assert.throws(() => duplicateGroups(indexOf([]), { threshold }), /above 0, at most 1/);
  });
});

describe('disjoint sets', () => {
  it('are named by their lowest row', () => {
    const sets = new DisjointSets(6);
    for (const [one, other] of [
      [4, 5],
      [3, 1],
      [5, 3],
      [1, 4],
    ] as const)
      sets.join(one, other);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((row) => sets.find(row)),
      [0, 1, 2, 1, 1, 1],
    );
    assert.deepEqual(sets.groups(), [[1, 3, 4, 5]]);
  });
});

describe('shadows', () => {
  it('never have a lower product than the vectors', () => {
    const vectors = clusters(200, 64, 5);
    for (const most of [0, 1, 15, 63, 64]) {
      const axes = principalAxes(vectors, most);
      assert.equal(axes.length, most);
      const shadows = shadowsOf(vectors, axes, most + 1);
      const shadow = (row: number) => shadows.subarray(row * (most + 1), (row + 1) * (most + 1));
      for (const [row, vector] of vectors.entries())
        for (const [other, second] of vectors.entries())
          assert.ok(product(shadow(row), shadow(other)) >= product(vector, second) - 1e-6);
    }
  });

  it('lie along axes at right angles, the directions of the largest differences first', () => {
    const normal = normalNumbers(7);
    const scales = [0.01, 3, 0.1, 1, 0.01];
    const vectors = Array.from({ length: 500 }, () => Float32Array.from(scales, (scale) => 20 + scale * normal()));
    const axes = principalAxes(vectors, 3);
    for (const [row, axis] of axes.entries())
      for (const [column, other] of axes.entries())
        assertClose('product', [product(axis, other)], [row === column ? 1 : 0], 1e-12);
    assert.deepEqual(
      axes.map((axis) => axis.map(Math.abs).indexOf(Math.max(...axis.map(Math.abs)))),
      [1, 3, 2],
    );
    assert.equal(principalAxes([], 5).length, 0);
    assert.equal(principalAxes([Float32Array.of(1, 2, 3)], 5).length, 0); // one vector: nothing differs
  });
});
