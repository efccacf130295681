import assert from 'node:assert/strict';
import { filters, pack, weighColumns8, weighRows8, windows } from '../../src/image/resample.ts';
import { hasSimd, weighColumnsBySimd, weighRowsBySimd } from '../../src/image/resample-simd.ts';
import { uniformNumbers } from '../../src/random.ts';

/** [width, height, new width, new height]: shrunk, enlarged, as they are, one pixel wide, higher than the memory's share. */
const sizes = [
  [97, 61, 23, 17],
  [300, 200, 299, 224],
  [5, 7, 40, 33],
  [1, 1, 3, 2],
  [2, 300, 1, 20],
  [64, 64, 64, 64],
  [1200, 1700, 30, 1600],
  [3, 9000, 3, 12],
] as const;

describe('resample-simd.ts', () => {
  it('computes here', () => assert.ok(hasSimd()));

  for (const filter of ['bicubic', 'bilinear'] as const) {
    it(`weighs rows and columns as the plain twins do, to the last bit, ${filter}`, () => {
      const uniform = uniformNumbers(7);
      for (const [width, height, newWidth, newHeight] of sizes) {
        // Black and white at random go over both ends most often.
        const source = Uint8Array.from({ length: width * height * 3 }, () =>
          uniform() < 0.5 ? 255 * (uniform() < 0.5 ? 0 : 1) : 256 * uniform(),
        );
        const first = Math.floor(newWidth / 3);
        const columns = windows(width, newWidth, filters[filter], first, newWidth - first).map(pack);
        const rows = windows(height, newHeight, filters[filter], 0, newHeight).map(pack);
        const make = (count: number) => [new Uint8Array(count), new Uint8Array(count)] as const;
        const [plainRows, simdRows] = make(columns.length * height * 3);
        weighRows8(source, width * 3, plainRows, height, columns, 3);
        weighRowsBySimd(source, width * 3, simdRows, height, columns);
        assert.ok(Buffer.from(simdRows).equals(plainRows), `rows of ${width} x ${height}`);
        const [plainColumns, simdColumns] = make(width * 3 * newHeight);
        weighColumns8(source, width * 3, plainColumns, rows);
        weighColumnsBySimd(source, width * 3, simdColumns, rows);
        assert.ok(Buffer.from(simdColumns).equals(plainColumns), `columns of ${width} x ${height}`);
      }
    });
  }
});
