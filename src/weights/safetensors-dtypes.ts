/** Bits of one element, in the order of the reference's `Dtype` enum: by rising alignment. The writer sorts by this order. */
const bitsPerElement = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** An element type of the format. */
export type Dtype = keyof typeof bitsPerElement;

/** Every element type of the format, by rising alignment. */
export const dtypes: readonly Dtype[] = Object.keys(bitsPerElement) as Dtype[];

const U64_MAX = 2n ** 64n - 1n;

/** Whether `name` is an element type of the format. Case counts: `f32` is none. */
export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(bitsPerElement, name);
}

/**
 * Bits that a tensor takes, or undefined where a product on the way exceeds 64 bits unsigned.
 * As in the reference the product is checked from left to right, so `[2 ** 40, 2 ** 40, 0]` overflows before the zero is met.
 */
export function bitsOfTensor(dtype: Dtype, shape: readonly number[]): bigint | undefined {
  let elements = 1n;
  for (const size of shape) {
    elements *= BigInt(size);
    if (elements > U64_MAX) return undefined;
  }
  const bits = elements * BigInt(bitsPerElement[dtype]);
  return bits > U64_MAX ? undefined : bits;
}

/**
 * The format is little-endian, and typed arrays have the host's order.
 * @throws {Error} on a big-endian host (no such host runs today's Node or browsers, save Node on s390x)
 */
export function assertLittleEndianHost(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return;
  throw new Error('Cannot use safetensors: this host is big-endian, and only little-endian hosts are supported');
}
