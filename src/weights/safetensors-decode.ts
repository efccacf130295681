import type { Dtype } from './safetensors-dtypes.ts';
import { SafetensorsError } from './safetensors-error.ts';
import { widenBfloat16, widenFloat16 } from './safetensors-halves.ts';

/** What a tensor's values are read into; see `decode`. */
export type DecodedArray =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

const decoders: Partial<Record<Dtype, (bytes: ArrayBuffer) => DecodedArray>> = {
  BOOL: (bytes) => new Uint8Array(bytes).map((byte) => (byte === 0 ? 0 : 1)),
  U8: (bytes) => new Uint8Array(bytes),
  I8: (bytes) => new Int8Array(bytes),
  I16: (bytes) => new Int16Array(bytes),
  U16: (bytes) => new Uint16Array(bytes),
  F16: (bytes) => widenFloat16(new Uint16Array(bytes)),
  BF16: (bytes) => widenBfloat16(new Uint16Array(bytes)),
  I32: (bytes) => new Int32Array(bytes),
  U32: (bytes) => new Uint32Array(bytes),
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => new Float64Array(bytes),
  I64: (bytes) => new BigInt64Array(bytes),
  U64: (bytes) => new BigUint64Array(bytes),
};

const decodable = Object.keys(decoders).join(' ');

/**
 * A tensor's bytes as numbers: views without a copy, except that F16 and BF16 are widened to float32 and BOOL is made 0 or 1.
 * @throws {SafetensorsError} `UnsupportedDtype` for C64 and the 4-, 6- and 8-bit floats
 */
export function decode(name: string, dtype: Dtype, bytes: ArrayBuffer): DecodedArray {
  assertDecodable(name, dtype);
  return decoders[dtype]!(bytes);
}

/** Throws what `decode` would throw, before anything is read. */
export function assertDecodable(name: string, dtype: Dtype): void {
  if (decoders[dtype]) return;
  const message = `dtype ${dtype} is not decoded (decoded are ${decodable}); read its bytes with readRaw`;
  throw new SafetensorsError('UnsupportedDtype', `Cannot read tensor '${name}': ${message}`);
}
