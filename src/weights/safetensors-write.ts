import { assertLittleEndianHost, type Dtype, dtypes } from './safetensors-dtypes.ts';
import { roundToBfloat16, roundToFloat16 } from './safetensors-halves.ts';
import { bytesOfTensor, compareCodePoints, encodeHeader, refuseToWrite } from './safetensors-write-header.ts';

/**
 * Values to be written: the array that `SafetensorsFile.read` gives for the dtype (Float32Array for F16 and BF16: rounded to nearest,
 * ties to even), or for any dtype a Uint8Array of its bytes, as `readRaw` gives them.
 */
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

/** A tensor to be written. `data` may be a function, called when the tensor's turn comes: then only one tensor need be in memory. */
export type TensorData = {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorValues | (() => TensorValues | Promise<TensorValues>);
};

/** Elements converted at a time. */
const CHUNK = 2 ** 20;

const arrayTypes: Partial<Record<Dtype, abstract new (...args: never[]) => TensorValues>> = {
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Float32Array,
  BF16: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

/**
 * The bytes of a safetensors file in pieces: first the header, then tensor after tensor. As the reference does, tensors are sorted by
 * dtype (widest first, so that each is aligned to its element size), then by name in code point order, so the same input gives the same
 * bytes, and those of Python's writer. (Metadata keys are sorted too; Python leaves several of them in random order.)
 * Pieces may be views of the given arrays: write each one before asking for the next.
 * @param metadata the file's `__metadata__`
 * @throws {SafetensorsError} before the first piece when a reader would refuse the header; later when `data` does not fit its shape
 */
export async function* encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata?: ReadonlyMap<string, string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  assertLittleEndianHost();
  const sorted = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => dtypes.indexOf(y) - dtypes.indexOf(x) || compareCodePoints(a, b),
  );
  yield encodeHeader(sorted, metadata);
  for (const [name, { dtype, shape, data }] of sorted) {
    const values = typeof data === 'function' ? await data() : data;
    yield* encodeValues(name, dtype, bytesOfTensor(name, dtype, shape), values);
  }
}

function* encodeValues(name: string, dtype: Dtype, bytes: number, values: TensorValues): Generator<Uint8Array> {
  const wanted = arrayTypes[dtype] ?? Uint8Array;
  const raw = values instanceof Uint8Array;
  if (!raw && !(values instanceof wanted)) {
    refuseToWrite(
      'InvalidTensorView',
      name,
      `expected a ${wanted.name} or its bytes for ${dtype} but got a ${values.constructor.name}`,
    );
  }
  const round = raw ? undefined : dtype === 'F16' ? roundToFloat16 : dtype === 'BF16' ? roundToBfloat16 : undefined;
  const got = round ? values.length * 2 : values.byteLength;
  if (got !== bytes)
    refuseToWrite('InvalidTensorView', name, `expected ${bytes} bytes for its dtype and shape but got ${got}`);
  for (let at = 0; at < values.length; at += CHUNK) {
    const part = values.subarray(at, at + CHUNK);
    const encoded = round ? round(part as Float32Array) : part;
    yield new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  }
}
