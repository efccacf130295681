import assert from 'node:assert/strict';
import { numberStrings } from '../../src/node/number-strings.ts';

describe('numberStrings()', () => {
  it('numbers as a Map does, in the order of first appearance', () => {
    const numbers = numberStrings();
    const map = new Map<string, number>();
    for (let at = 0; at < 30_000; at++) {
      const text = `photo ${(at * 7919) % 20_011}`;
      if (!map.has(text)) map.set(text, map.size);
      assert.equal(numbers.numberOf(text), map.get(text));
    }
    assert.equal(numbers.size, map.size);
    assert.equal(numbers.size, 20_011);
  });
});
