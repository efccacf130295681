/**
 * Widening and rounding between float32 and the two 16-bit formats, on bit patterns: arithmetic would quieten signalling NaNs.
 * F16 is IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. BF16 is the upper half of a float32: 1, 8, 7.
 */

let halfTable: Int32Array | undefined;

/** The float32 bits of each of the 65,536 F16 patterns. */
function float32BitsOfHalves(): Int32Array {
  if (halfTable) return halfTable;
  halfTable = new Int32Array(65_536);
  for (let half = 0; half < 65_536; half++) halfTable[half] = float32BitsOfHalf(half);
  return halfTable;
}

function float32BitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f80_0000 | (fraction << 13); // infinity, NaN with its payload
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13); // 112: bias 127 - bias 15
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21; // subnormal: the leading 1 goes to bit 10
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** F16 patterns to float32; every pattern has an exact value. */
export function widenFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Int32Array(halves.length);
  const table = float32BitsOfHalves();
  const pairs = pairsOf(halves);
  for (let i = 0, to = 0; i < pairs.length; i++, to += 2) {
    const pair = pairs[i]!;
    bits[to] = table[pair & 0xffff]!;
    bits[to + 1] = table[pair >>> 16]!;
  }
  if (halves.length % 2 === 1) bits[halves.length - 1] = table[halves.at(-1)!]!;
  return new Float32Array(bits.buffer);
}

/** BF16 patterns to float32; every pattern has an exact value. */
export function widenBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Int32Array(halves.length);
  const pairs = pairsOf(halves);
  for (let i = 0, to = 0; i < pairs.length; i++, to += 2) {
    const pair = pairs[i]!;
    bits[to] = pair << 16;
    bits[to + 1] = pair & 0xffff_0000;
  }
  if (halves.length % 2 === 1) bits[halves.length - 1] = halves.at(-1)! << 16;
  return new Float32Array(bits.buffer);
}

/** Two patterns in one word, the first in its lower half (little-endian, as the format is): half the reads. A last odd one is left out. */
function pairsOf(halves: Uint16Array): Int32Array {
  const aligned = halves.byteOffset % 4 === 0 ? halves : halves.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 1);
}

/**
 * float32 to F16 patterns, to nearest, ties to even (IEEE 754, section 4.3.1). 65520 and more overflow to infinity;
 * a NaN keeps its sign and the upper 10 bits of its payload.
 */
export function roundToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    const magnitude = bits[i]! & 0x7fff_ffff;
    halves[i] = sign | halfOfMagnitude(magnitude);
  }
  return halves;
}

function halfOfMagnitude(magnitude: number): number {
  if (magnitude > 0x7f80_0000) return 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200); // NaN
  if (magnitude >= 0x477f_f000) return 0x7c00; // 65520, half way between the largest half and 2 ** 16
  if (magnitude >= 0x3880_0000) {
    // Normal (at least 2 ** -14): rebias the exponent, then round off 13 bits; a carry moves into the exponent, as it should
    return roundOff(magnitude - (112 << 23), 13);
  }
  const shift = 126 - (magnitude >>> 23); // Subnormal: count units of 2 ** -24
  if (shift > 24) return 0; // at most 2 ** -25, which ties to the even 0
  return roundOff((magnitude & 0x7f_ffff) | 0x80_0000, shift);
}

/** value / 2 ** count, to nearest, ties to even; 1 <= count <= 24, value < 2 ** 30. */
function roundOff(value: number, count: number): number {
  const lowestKept = (value >>> count) & 1;
  return (value + (1 << (count - 1)) - 1 + lowestKept) >>> count;
}

/** float32 to BF16 patterns, to nearest, ties to even; a NaN keeps its sign and the upper 7 bits of its payload. */
export function roundToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const pattern = bits[i]!;
    const upper = pattern >>> 16;
    if ((pattern & 0x7fff_ffff) > 0x7f80_0000)
      halves[i] = upper & 0x7f ? upper : upper | 0x40; // NaN
    else halves[i] = (pattern + 0x7fff + (upper & 1)) >>> 16;
  }
  return halves;
}
