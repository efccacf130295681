import assert from 'node:assert/strict';
import { roundToBfloat16, roundToFloat16, widenBfloat16, widenFloat16 } from '../../src/weights/safetensors-halves.ts';

const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);
const fromBits = (...bits: number[]) => new Float32Array(Uint32Array.from(bits).buffer);
const hex = (halves: Uint16Array) => [...halves].map((half) => half.toString(16).padStart(4, '0'));

/** The value of a 16-bit pattern, by the definition of IEEE 754, section 3.4. */
function valueOfHalf(half: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = (half & 0x7fff) >> fractionBits;
  const fraction = (half & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 2 ** exponentBits - 1) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

const formats = [
  { name: 'F16', exponentBits: 5, infinity: 0x7c00, widen: widenFloat16, round: roundToFloat16 },
  { name: 'BF16', exponentBits: 8, infinity: 0x7f80, widen: widenBfloat16, round: roundToBfloat16 },
];

for (const { name, exponentBits, infinity, widen, round } of formats) {
  describe(`${name} and float32`, () => {
    it('widens all 65,536 patterns to the values that the format defines', () => {
      const values = widen(patterns);
      for (const half of patterns) {
        const expected = valueOfHalf(half, exponentBits);
        if (!Object.is(values[half], expected))
          assert.fail(`${half.toString(16)}: expected ${expected}, got ${values[half]}`);
      }
    });

    it('widens views of any offset and length', () => {
      const whole = bitsOf(widen(patterns));
      for (const [begin, end] of [
        [1, 1000],
        [1, 1001],
        [2, 1001],
        [40_000, 40_001],
        [7, 7],
      ] as const)
        assert.deepEqual(bitsOf(widen(patterns.subarray(begin, end))), whole.subarray(begin, end));
    });

    it('rounds all 65,536 widened patterns back to themselves, NaN payloads too', () => {
      assert.deepEqual(round(widen(patterns)), patterns);
    });

    it('rounds half way to even, and anything else to the nearer, between all neighbours', () => {
      for (let half = 0; half + 1 < infinity; half++) {
        const middle = (valueOfHalf(half, exponentBits) + valueOfHalf(half + 1, exponentBits)) / 2; // exact: one bit more
        const bits = bitsOf(Float32Array.of(middle))[0]!;
        const even = half % 2 === 0 ? half : half + 1;
        const got = round(fromBits(bits - 1, bits, bits + 1));
        const negative = round(fromBits(bits | 0x8000_0000));
        if (got[0] !== half || got[1] !== even || got[2] !== half + 1 || negative[0] !== (even | 0x8000)) {
          assert.fail(`between ${half.toString(16)} and its successor: got ${hex(got)}, ${hex(negative)}`);
        }
      }
    });
  });
}

describe('rounding by hand', () => {
  it('F16: overflow, subnormals, zero, NaN', () => {
    const cases: [number, string][] = [
      [65504, '7bff'],
      [65519.996, '7bff'],
      [65520, '7c00'],
      [-1e30, 'fc00'],
      [2 ** -14, '0400'],
      [2 ** -24, '0001'],
      [2 ** -25, '0000'],
      [2 ** -25 * 1.001, '0001'],
      [3 * 2 ** -25, '0002'],
      [1e-45, '0000'],
      [-0, '8000'],
      [1 / 3, '3555'],
      [1 + 2 ** -11, '3c00'],
      [1 + 3 * 2 ** -11, '3c02'],
      [Number.POSITIVE_INFINITY, '7c00'],
      [Number.NaN, '7e00'],
    ];
    assert.deepEqual(
      hex(roundToFloat16(Float32Array.from(cases, ([value]) => value))),
      cases.map(([, half]) => half),
    );
  });

  it('BF16: overflow, subnormals, zero, NaN', () => {
    const bits = fromBits(
      0x7f7f_7fff,
      0x7f7f_8000,
      0xff7f_ffff,
      0x0000_8000,
      0x0000_8001,
      0x0001_8000,
      0x8000_0000,
      0x3eaa_aaab,
      0x7fc0_0000,
    );
    assert.deepEqual(hex(roundToBfloat16(bits)), [
      '7f7f',
      '7f80',
      'ff80',
      '0000',
      '0001',
      '0002',
      '8000',
      '3eab',
      '7fc0',
    ]);
  });

  it('keeps a NaN whose payload is all in the bits that are cut off', () => {
    assert.deepEqual(hex(roundToFloat16(fromBits(0x7f80_0001, 0xff80_1fff))), ['7e00', 'fe00']);
    assert.deepEqual(hex(roundToBfloat16(fromBits(0x7f80_0001, 0xff80_ffff))), ['7fc0', 'ffc0']);
  });

  it('takes a view that begins inside a buffer', () => {
    assert.deepEqual(hex(roundToFloat16(Float32Array.of(9, 1, 2).subarray(1))), ['3c00', '4000']);
  });
});
