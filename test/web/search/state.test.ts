import assert from 'node:assert/strict';
import fc from 'fast-check';
import { noFilters } from '../../../web/search/filters.ts';
import { refined, refinements } from '../../../web/search/refine.ts';
import { addressOf, hasQuery, readState, type State, startState } from '../../../web/search/state.ts';

describe('the address of the search page', () => {
  it('is short: it says only what differs from the start', () => {
    assert.equal(addressOf(startState), '/');
    assert.equal(addressOf({ ...startState, words: 'red car', plus: [3, 7] }), '/?q=red+car&plus=3%2C7');
  });

  it('leads back to every state', () => {
    const ids = fc.uniqueArray(fc.nat(), { maxLength: 5 });
    const day = fc.constantFrom('', '2024-02-29', '1999-12-31');
    const size = fc.constantFrom('', '0', '100', '2.5');
    const any: fc.Arbitrary<State> = fc.record(
      {
        view: fc.constantFrom('pictures', 'labels', 'duplicates'),
        words: fc.string({ unit: 'grapheme' }),
        plus: ids,
        minus: ids,
        picture: fc.string(),
        filters: fc.record(
          { path: fc.string(), from: day, until: day, least: size, most: size },
          { noNullPrototype: true },
        ),
        count: fc.integer({ min: 1, max: 1000 }),
        labels: fc.string(),
        threshold: fc.integer({ min: 1, max: 100 }).map((hundredths) => hundredths / 100),
        opened: fc.integer({ min: -1, max: 1e9 }),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(any, (state) => assert.deepEqual(readState(new URL(addressOf(state), 'http://any').search), state)),
    );
  });

  it('is read with what cannot be right left out', () => {
    const { plus, minus, count, threshold, view, opened, filters } = readState(
      '?plus=3,x,3,-4,5&minus=1e9&n=5000&least=9&view=other&show=x&from=2023-02-29&until=2023-00-10&min=-1&max=1e3',
    );
    assert.deepEqual(
      { plus, minus, count, threshold, view, opened, filters },
      { plus: [3, 5], minus: [], count: 1000, threshold: 1, view: 'pictures', opened: -1, filters: noFilters },
    );
  });

  it('says whether there is anything to search for', () => {
    assert.equal(hasQuery(readState('?view=labels&labels=cat&show=3')), false);
    for (const query of ['?q=a', '?plus=1', '?minus=1', '?picture=1']) assert.equal(hasQuery(readState(query)), true);
  });
});

describe('refining', () => {
  const state = { ...startState, plus: [1, 2], minus: [3] };

  it('adds to a side, moves from the other one, and takes away again', () => {
    assert.deepEqual(refined(state, 4, 'plus'), { plus: [1, 2, 4], minus: [3] });
    assert.deepEqual(refined(state, 3, 'plus'), { plus: [1, 2, 3], minus: [] });
    assert.deepEqual(refined(state, 1, 'minus'), { plus: [2], minus: [3, 1] });
    assert.deepEqual(refined(state, 3, 'minus'), { plus: [1, 2], minus: [] });
  });

  it('weighs a side by its mean, however many there are', () => {
    assert.deepEqual(refinements(state), [
      { id: 1, weight: 0.375 },
      { id: 2, weight: 0.375 },
      { id: 3, weight: -0.5 },
    ]);
    assert.deepEqual(refinements(startState), []);
  });
});
