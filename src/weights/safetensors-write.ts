import { type Dtype, decoders, dtypeBits, type TensorValues } from './safetensors-dtypes.ts';
import { SafetensorsError } from './safetensors-error.ts';
import { encodeBfloat16, encodeFloat16 } from './safetensors-halves.ts';
import { checkText, maxHeaderSize } from './safetensors-header.ts';

/** A tensor to write. Values of F16 and BF16 are given as float32 and rounded to the nearest, ties to even. */
export type TensorData = {
  dtype: Dtype;
  shape: readonly number[];
  /** The values, or a function that gives them when their turn comes, so that a large model is never in memory at once. */
  data: TensorValues | (() => TensorValues | Promise<TensorValues>);
};

/**
 * Encodes a safetensors file piece by piece: the header, then each tensor's bytes. Tensors are sorted by dtype, widest
 * first, then by name, as the reference's writer does, which keeps each aligned to its own size.
 * @throws SafetensorsError on a name, shape or array that a reader would refuse
 */
export async function* encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<Uint8Array> {
  const rank = Object.keys(dtypeBits);
  const sorted = [...tensors].sort(
    ([one, { dtype: oneType }], [other, { dtype: otherType }]) =>
      rank.indexOf(otherType) - rank.indexOf(oneType) || (one < other ? -1 : 1),
  );
  yield encodeHeader(sorted, metadata);
  for (const [name, { dtype, shape, data }] of sorted) {
    const values = typeof data === 'function' ? await data() : data;
    yield toBytes(name, dtype, shape, values);
  }
}

function encodeHeader(
  sorted: readonly (readonly [string, TensorData])[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const members: string[] = [];
  if (metadata.size > 0) {
    for (const text of [...metadata].flat()) checkWellFormed(text);
    for (const key of metadata.keys()) checkText(key, 'a metadata key');
    const pairs = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    members.push(`"__metadata__":{${pairs.join(',')}}`);
  }
  let position = 0;
  for (const [name, { dtype, shape }] of sorted) {
    checkText(name, 'a tensor name');
    checkWellFormed(name);
    if (name === '__metadata__')
      throw new SafetensorsError('TensorInvalidInfo', "Cannot write tensor '__metadata__': the name is reserved");
    const end = position + countValues(name, shape) * bytesPerValue(name, dtype);
    members.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${position},${end}]}`,
    );
    position = end;
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const size = Math.ceil(json.length / 8) * 8;
  if (size > maxHeaderSize)
    throw new SafetensorsError(
      'HeaderTooLarge',
      `Cannot write safetensors: a header of ${size} bytes is more than ${maxHeaderSize}`,
    );
  const header = new Uint8Array(8 + size).fill(0x20); // padded with spaces
  new DataView(header.buffer).setBigUint64(0, BigInt(size), true);
  header.set(json, 8);
  return header;
}

function toBytes(name: string, dtype: Dtype, shape: readonly number[], values: TensorValues): Uint8Array {
  const count = countValues(name, shape);
  if (values.length !== count) {
    throw new SafetensorsError(
      'InvalidTensorView',
      `Cannot write tensor '${name}': expected ${count} values for [${shape.join(', ')}] but got ${values.length}`,
    );
  }
  const stored =
    values instanceof Float32Array && dtype === 'F16'
      ? encodeFloat16(values)
      : values instanceof Float32Array && dtype === 'BF16'
        ? encodeBfloat16(values)
        : values;
  const expected = decoders[dtype]?.(new Uint8Array(0)).constructor;
  const halves = stored !== values;
  if (!halves && values.constructor !== expected) {
    throw new SafetensorsError(
      'InvalidTensorView',
      `Cannot write tensor '${name}' as ${dtype}: expected ${expected?.name} but got ${values.constructor.name}`,
    );
  }
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function countValues(name: string, shape: readonly number[]): number {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const whole = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) && Number.isSafeInteger(count * 8);
  if (!whole)
    throw new SafetensorsError('TensorInvalidInfo', `Cannot write tensor '${name}': [${shape.join(', ')}] is no shape`);
  return count;
}

function bytesPerValue(name: string, dtype: Dtype): number {
  if (decoders[dtype]) return dtypeBits[dtype] / 8;
  throw new SafetensorsError(
    'UndecodedDtype',
    `Cannot write tensor '${name}': dtype ${dtype} is not encoded; encoded are ${Object.keys(decoders).join(' ')}`,
  );
}

function checkWellFormed(text: string): void {
  if (/\p{Surrogate}/u.test(text))
    throw new SafetensorsError('InvalidHeader', `Cannot write ${JSON.stringify(text)}: it has lone surrogates`);
}
