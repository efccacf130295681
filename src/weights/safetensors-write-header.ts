import { bitsOfTensor, type Dtype, isDtype } from './safetensors-dtypes.ts';
import { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';
import { complaintAboutName, MAX_HEADER_SIZE } from './safetensors-header.ts';

type NamedTensor = readonly [name: string, tensor: { readonly dtype: Dtype; readonly shape: readonly number[] }];

/**
 * The header of a file of these tensors, in this order: its length, its JSON, and spaces up to a multiple of 8 bytes.
 * @throws {SafetensorsError} when a reader would refuse it
 */
export function encodeHeader(sorted: readonly NamedTensor[], metadata?: ReadonlyMap<string, string>): Uint8Array {
  const entries: string[] = [];
  if (metadata) entries.push(`"__metadata__":${encodeMetadata(metadata)}`);
  let begin = 0;
  for (const [name, { dtype, shape }] of sorted) {
    checkName(name);
    const end = begin + bytesOfTensor(name, dtype, shape);
    if (!Number.isSafeInteger(end))
      refuseToWrite('IntegerTooLarge', name, 'the file would be longer than 2 ** 53 - 1 bytes');
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
    begin = end;
  }
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_SIZE) {
    throw new SafetensorsError(
      'HeaderTooLarge',
      `Cannot write safetensors file: its header would take ${length} bytes, more than ${MAX_HEADER_SIZE}`,
    );
  }
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

function encodeMetadata(metadata: ReadonlyMap<string, string>): string {
  for (const text of [...metadata.keys(), ...metadata.values()]) {
    if (typeof text !== 'string' || hasLoneSurrogate(text)) {
      const message = `metadata must be well-formed strings, but got ${JSON.stringify(text)}`;
      throw new SafetensorsError('InvalidHeader', `Cannot write safetensors file: ${message}`);
    }
  }
  const sorted = [...metadata].sort(([a], [b]) => compareCodePoints(a, b));
  return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

function checkName(name: string): void {
  const complaint = complaintAboutName(name);
  if (complaint) refuseToWrite(complaint.code, name, complaint.message);
  if (name === '__metadata__') refuseToWrite('InvalidHeaderDeserialization', name, 'the name is reserved for metadata');
  if (hasLoneSurrogate(name)) refuseToWrite('InvalidHeader', name, 'its name has half a surrogate pair');
}

/** Bytes that a tensor takes. @throws {SafetensorsError} when it cannot be: an unknown dtype, a size that is none */
export function bytesOfTensor(name: string, dtype: Dtype, shape: readonly number[]): number {
  if (!isDtype(dtype))
    refuseToWrite('InvalidHeaderDeserialization', name, `the dtype ${JSON.stringify(dtype)} is unknown`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    refuseToWrite('InvalidHeaderDeserialization', name, `expected sizes of 0 or more but got [${shape.join(', ')}]`);
  }
  const bits = bitsOfTensor(dtype, shape);
  if (bits === undefined)
    return refuseToWrite('ValidationOverflow', name, `the size of [${shape.join(', ')}] exceeds 64 bits`);
  if (bits % 8n !== 0n)
    refuseToWrite(
      'MisalignedSlice',
      name,
      `${dtype} [${shape.join(', ')}] takes ${bits} bits, no whole number of bytes`,
    );
  return Number(bits / 8n);
}

/** Throws: the tensor of that name cannot be written. */
export function refuseToWrite(code: SafetensorsErrorCode, name: string, message: string): never {
  throw new SafetensorsError(code, `Cannot write tensor ${JSON.stringify(name)}: ${message}`);
}

const hasLoneSurrogate = (text: string): boolean => /\p{Cs}/u.test(text);

/** Rust's order of strings, by code point: JavaScript's own puts U+1F600 before U+FF21. */
export function compareCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  if (i === a.length || i === b.length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
  const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
  return Number(isSurrogate(x)) - Number(isSurrogate(y)) || x - y;
}
