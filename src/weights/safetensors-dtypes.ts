import { decodeBfloat16, decodeFloat16 } from './safetensors-halves.ts';

/** Every dtype of the format in the reference's order, with its size in bits; writers sort by it, the last first. */
export const dtypeBits = {
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

export type Dtype = keyof typeof dtypeBits;

/** Decoded values: halves are widened to float32, booleans are 0 and 1 in bytes. */
export type TensorValues =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** From the bytes of a fresh buffer to values. Full-width dtypes become a view of that buffer, without a copy. */
export const decoders: { readonly [D in Dtype]?: (bytes: Uint8Array<ArrayBuffer>) => TensorValues } = {
  BOOL: (bytes) => bytes,
  U8: (bytes) => bytes,
  I8: ({ buffer }) => new Int8Array(buffer),
  I16: ({ buffer }) => new Int16Array(buffer),
  U16: ({ buffer }) => new Uint16Array(buffer),
  F16: ({ buffer }) => decodeFloat16(new Uint16Array(buffer)),
  BF16: ({ buffer }) => decodeBfloat16(new Uint16Array(buffer)),
  I32: ({ buffer }) => new Int32Array(buffer),
  U32: ({ buffer }) => new Uint32Array(buffer),
  F32: ({ buffer }) => new Float32Array(buffer),
  F64: ({ buffer }) => new Float64Array(buffer),
  I64: ({ buffer }) => new BigInt64Array(buffer),
  U64: ({ buffer }) => new BigUint64Array(buffer),
};
