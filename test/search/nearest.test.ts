import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BestRows } from '../../src/search/best-rows.ts';
import { nearest } from '../../src/search/nearest.ts';
import { matricesOf, randomUnits } from './random-rows.ts';

/** The definition: every product, sorted by similarity, then by row. */
function bruteForce(vectors: readonly ArrayLike<number>[], query: ArrayLike<number>, k: number) {
  const found = vectors.map((vector, row) => {
    let similarity = 0;
    for (let axis = 0; axis < query.length; axis++) similarity += vector[axis]! * query[axis]!;
    return { row, similarity };
  });
  const numbers = found.filter(({ similarity }) => !Number.isNaN(similarity));
  return numbers.sort((one, other) => other.similarity - one.similarity || one.row - other.row).slice(0, k);
}

describe('nearest', () => {
  it('finds by hand what is nearest, ties by row', () => {
    const rows = [
      [0, 1],
      [1, 0],
      [0.6, 0.8],
      [1, 0],
      [-1, 0],
    ];
    const found = nearest(matricesOf(rows, 2, [2]), Float32Array.of(1, 0), 3);
    assert.deepEqual(found, [
      { row: 1, similarity: 1 },
      { row: 3, similarity: 1 },
      { row: 2, similarity: Math.fround(0.6) },
    ]);
  });

  it('equals the sorted list of all products, with ties, NaN, filters and any cut into matrices', () => {
    // Few distinct values: many products are equal, and all are exact.
    const value = fc.constantFrom(-1, -0.5, -0, 0, 0.25, 0.5, 1);
    const rare = fc.oneof({ weight: 40, arbitrary: value }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
    const given = fc.integer({ min: 1, max: 5 }).chain((width) =>
      fc.record({
        vectors: fc.array(fc.array(rare, { minLength: width, maxLength: width }), { maxLength: 60 }),
        query: fc.array(value, { minLength: width, maxLength: width }),
        k: fc.integer({ min: 0, max: 70 }),
        cuts: fc
          .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 3 })
          .map((cuts) => cuts.sort((a, b) => a - b)),
        divisor: fc.integer({ min: 1, max: 4 }),
      }),
    );
    fc.assert(
      fc.property(given, ({ vectors, query, k, cuts, divisor }) => {
        const matrices = matricesOf(vectors, query.length, cuts);
        const accept = (row: number) => row % divisor === 0;
        const all = bruteForce(vectors, query, vectors.length);
        assert.deepEqual(nearest(matrices, Float32Array.from(query), k), all.slice(0, k));
        const accepted = all.filter(({ row }) => accept(row)).slice(0, k);
        assert.deepEqual(nearest(matrices, Float32Array.from(query), k, accept), accepted);
      }),
      { numRuns: 500 },
    );
  });

  it('equals it to the last bit over many blocks of unit vectors', () => {
    for (const [count, width] of [
      [5003, 37],
      [1024, 64],
      [7, 512],
    ] as const) {
      const vectors = randomUnits(count, width, count);
      const [query] = randomUnits(1, width, 1) as [Float32Array];
      for (const k of [1, 10, count + 5])
        assert.deepEqual(nearest(matricesOf(vectors, width, [3, 2500]), query, k), bruteForce(vectors, query, k));
    }
  });

  it('finds nothing in nothing', () => {
    assert.deepEqual(nearest([], Float32Array.of(1), 10), []);
    assert.deepEqual(nearest([{ rows: new Float32Array(0), embedDim: 1 }], Float32Array.of(1), 10), []);
    assert.deepEqual(nearest(matricesOf([[1]], 1), Float32Array.of(1), 0), []);
  });

  it('asks about a row only when it is among the best so far', () => {
    const asked: number[] = [];
    const rows = [[0.5], [1], [0.25], [0.75]];
    nearest(matricesOf(rows, 1), Float32Array.of(1), 1, (row) => asked.push(row) > 0);
    assert.deepEqual(asked, [0, 1]);
  });

  it('refuses what it cannot compare', () => {
    const matrices = matricesOf([[1, 0]], 2);
    assert.throws(() => nearest(matrices, Float32Array.of(1), 1), /expected a query \[2\] but got \[1\]; embed/);
    assert.throws(() => nearest(matrices, Float32Array.of(1, Number.NaN), 1), /value 1 is NaN/);
    for (const k of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => nearest(matrices, Float32Array.of(1, 0), k), RangeError);
    assert.throws(() => nearest([{ rows: new Float32Array(3), embedDim: 2 }], Float32Array.of(1, 0), 1), TypeError);
  });
});

describe('best rows', () => {
  it('keeps the best of any sequence', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 })), fc.integer({ min: 0, max: 20 }), (similarities, most) => {
        const best = new BestRows(most);
        for (const [row, similarity] of similarities.entries()) if (best.takes(similarity)) best.add(row, similarity);
        const expected = similarities.map((similarity, row) => ({ row, similarity }));
        expected.sort((one, other) => other.similarity - one.similarity || one.row - other.row);
        assert.deepEqual(best.sorted(), expected.slice(0, most));
      }),
    );
  });
});
