/** IEEE binary16 and bfloat16 to float32 and back; JavaScript has no arrays of either. */

let halfTable: Float32Array | undefined;

/** The float32 value of each of the 65,536 patterns. */
function float16Table(): Float32Array {
  if (halfTable) return halfTable;
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const magnitude =
      exponent === 31
        ? fraction
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : exponent === 0
          ? fraction * 2 ** -24
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    table[bits] = bits & 0x8000 ? -magnitude : magnitude;
  }
  halfTable = table;
  return table;
}

export function decodeFloat16(bits: Uint16Array): Float32Array {
  const table = float16Table();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] as number] as number;
  return values;
}

/** A bfloat16 is the upper half of a float32. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/** Rounds to the nearest, ties to even; too large becomes infinite; NaN stays NaN. */
export function encodeFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) halves[i] = roundToFloat16(words[i] as number);
  return halves;
}

function roundToFloat16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 255) - 127 + 15;
  const fraction = word & 0x7fffff;
  if (exponent === 255 - 127 + 15) return sign | (fraction ? 0x7e00 : 0x7c00);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign; // below half of the smallest subnormal
  const subnormal = exponent <= 0;
  const significand = subnormal ? fraction | 0x800000 : fraction;
  const dropped = subnormal ? 14 - exponent : 13; // bits that do not fit
  const kept = subnormal ? significand >>> dropped : (exponent << 10) | (significand >>> dropped);
  const rest = significand & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  return sign | (kept + up); // a carry runs into the exponent, as it should
}

/** Rounds to the nearest, ties to even; NaN stays NaN. */
export function encodeBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    const notANumber = (word & 0x7fffffff) > 0x7f800000;
    halves[i] = notANumber ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}
