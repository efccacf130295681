import assert from 'node:assert/strict';
import { facetsOf } from '../../src/search/facets.ts';
import { rowOfId, vectorOfRow } from '../../src/search/rows.ts';
import { search } from '../../src/search/search.ts';
import { indexOf, randomUnits, unit } from './random-rows.ts';

const vectors = [
  [1, 0],
  [0, 1],
  [0.6, 0.8],
  [1, 0],
  [-1, 0],
].map(unit);
const index = indexOf(vectors, [{ path: 'a/car.png' }, {}, { path: 'a/bus.png', size: 1 }, {}, {}], [1, 3]);
const east = Float32Array.of(1, 0);

describe('search', () => {
  const ids = (...given: Parameters<typeof search>) => search(...given).map(({ entry }) => entry.id);

  it('gives entries, the nearest first, ties by id', () => {
    assert.deepEqual(ids(index, east), [10, 16, 14, 12, 18]);
    assert.deepEqual(search(index, east, { k: 1 }), [{ entry: index.entries[0], similarity: 1 }]);
    assert.deepEqual(search(index, east).at(-1)?.similarity, -1);
  });

  it('keeps to filter, least similarity and k', () => {
    assert.deepEqual(ids(index, east, { filter: { path: 'a/*' } }), [10, 14]);
    assert.deepEqual(ids(index, east, { filter: { path: 'a/*', maxSize: 1 }, k: 1 }), [14]);
    assert.deepEqual(ids(index, east, { minSimilarity: Math.fround(0.6) }), [10, 16, 14]);
    assert.deepEqual(ids(index, east, { minSimilarity: 0.61, k: 2 }), [10, 16]);
    assert.deepEqual(ids(indexOf([]), east), []);
  });

  it('finds itself first by its own vector', () => {
    const many = indexOf(randomUnits(200, 16, 3), [], [50]);
    for (const [row, entry] of many.entries.entries())
      assert.equal(search(many, vectorOfRow(many, row), { k: 1 })[0]?.entry, entry);
  });

  it('refuses a query of another model or length', () => {
    assert.throws(() => search(index, Float32Array.of(1)), /expected a query \[2\] but got \[1\]; embed it with tiny/);
    assert.throws(() => search(index, Float32Array.of(2, 0)), /of unit length but got 2; scale it/);
    assert.throws(() => search(index, Float32Array.of(Number.NaN, 0)), RangeError);
    assert.throws(() => search(index, east, { minSimilarity: Number.NaN }), RangeError);
    assert.throws(() => search(index, east, { k: 0.5 }), RangeError);
    assert.throws(() => search(index, east, { filter: { after: Number.NaN } }), RangeError);
  });
});

describe('rows', () => {
  it('are found by id', () => {
    for (const [row, { id }] of index.entries.entries()) {
      assert.equal(rowOfId(index, id), row);
      assert.equal(rowOfId(index, id + 1), undefined);
      assert.deepEqual(vectorOfRow(index, row), vectors[row]);
    }
    assert.equal(rowOfId(index, 0), undefined);
    assert.equal(rowOfId(indexOf([]), 0), undefined);
    for (const row of [-1, 5, Number.NaN]) assert.throws(() => vectorOfRow(index, row), /the index has 5/);
  });
});

describe('facets', () => {
  const north = Float32Array.of(0, 1);
  const west = Float32Array.of(-1, 0);

  it('counts the nearest label of each result', () => {
    const labels = [
      { label: 'south', vector: Float32Array.of(0, -1) },
      { label: 'north', vector: north },
      { label: 'up', vector: north },
      { label: 'east', vector: east },
    ];
    const { counts, facets } = facetsOf(index, search(index, east, { k: 4 }), labels);
    assert.deepEqual(
      facets.map(({ label }) => label),
      ['east', 'east', 'north', 'north'],
    );
    assert.deepEqual(facets[2], { label: 'north', similarity: Math.fround(0.8) });
    assert.deepEqual(counts, [
      { label: 'north', count: 2 },
      { label: 'east', count: 2 },
      { label: 'south', count: 0 },
      { label: 'up', count: 0 },
    ]);
    assert.deepEqual(facetsOf(index, [], [{ label: 'west', vector: west }]), {
      counts: [{ label: 'west', count: 0 }],
      facets: [],
    });
  });

  it('refuses labels and results that do not belong here', () => {
    assert.throws(() => facetsOf(index, [], []), /at least one label/);
    const label = { label: 'west', vector: west };
    assert.throws(() => facetsOf(index, [], [label, label]), /'west' is named twice/);
    assert.throws(() => facetsOf(index, [], [{ label: 'a', vector: Float32Array.of(1) }]), /that of 'a' is \[1\]/);
    const gone = { ...index.entries[0]!, id: 11 };
    assert.throws(() => facetsOf(index, [{ entry: gone }], [label]), /no entry 11; search again/);
  });
});
