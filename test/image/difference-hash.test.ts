import assert from 'node:assert/strict';
import fc from 'fast-check';
import { differenceHash } from '../../src/image/difference-hash.ts';
import type { Image } from '../../src/image/image.ts';

/** A picture of 9 x 9 pixels, so that nothing is resized. */
function cells(levelOf: (x: number, y: number) => number): Image {
  const data = Uint8Array.from({ length: 243 }, (_, i) => levelOf(Math.floor(i / 3) % 9, Math.floor(i / 27)));
  return { width: 9, height: 9, mode: 'RGB', data };
}

describe('the difference hash', () => {
  it('has a bit where a cell is brighter than its neighbour before', () => {
    assert.deepEqual([...differenceHash(cells(() => 128)).bits], [0, 0, 0, 0]);
    assert.deepEqual([...differenceHash(cells((x) => 20 * x)).bits], [0xffffffff, 0xffffffff, 0, 0]);
    assert.deepEqual([...differenceHash(cells((_, y) => 20 * y)).bits], [0, 0, 0xffffffff, 0xffffffff]);
    assert.deepEqual([...differenceHash(cells((x) => 200 - 20 * x)).bits], [0, 0, 0, 0]);
    // one bright cell, at column 3 of row 5: a step up to it from the left (2, 5) and from above (3, 4)
    const { bits } = differenceHash(cells((x, y) => (x === 3 && y === 5 ? 255 : 0)));
    assert.deepEqual([...bits], [0, 2 ** (8 * 5 + 2 - 32), 0, 2 ** (8 * 4 + 3 - 32)]);
  });

  it('takes two levels for flat, three for a step', () => {
    assert.equal(differenceHash(cells((x) => 2 * x)).bits[0], 0);
    assert.equal(differenceHash(cells((x) => 3 * x)).bits[0], 0xffffffff);
  });

  it('keeps the colours, which the bits do not have', () => {
    const red = differenceHash({
      ...cells(() => 0),
      data: Uint8Array.from({ length: 243 }, (_, i) => (i % 3 ? 0 : 200)),
    });
    const blue = differenceHash({
      ...cells(() => 0),
      data: Uint8Array.from({ length: 243 }, (_, i) => (i % 3 === 2 ? 200 : 0)),
    });
    assert.deepEqual(red.bits, blue.bits);
    assert.notDeepEqual(red.colours, blue.colours);
  });

  it('is the same in another light, and has no bit in common with the negative', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 81, maxLength: 81, max: 200 }), fc.nat(55), (levels, light) => {
        const { bits } = differenceHash(cells((x, y) => levels[9 * y + x] as number));
        const lighter = differenceHash(cells((x, y) => (levels[9 * y + x] as number) + light));
        const negative = differenceHash(cells((x, y) => 255 - (levels[9 * y + x] as number)));
        assert.deepEqual(lighter.bits, bits);
        for (const [word, value] of negative.bits.entries()) assert.equal(value & (bits[word] as number), 0);
      }),
    );
  });
});
