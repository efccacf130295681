import { announce } from '../announce.ts';
import { type Dtype, dtypeBits } from './safetensors-dtypes.ts';
import { SafetensorsError } from './safetensors-error.ts';
import { type ScannedTensor, scanHeader } from './safetensors-scanner.ts';
import type { ByteSource } from './safetensors-source.ts';

export type TensorInfo = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
};

export type Header = {
  /** Where the tensors' bytes begin in the file. */
  readonly dataStart: number;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
};

/** 100 million bytes: the reference's limit, for reading and writing. */
export const maxHeaderSize = 100_000_000;

/**
 * Reads and checks a header; nothing the size of a tensor is allocated.
 * Rules: https://github.com/huggingface/safetensors, section Format, and the reference's `Metadata::validate`.
 * @throws SafetensorsError
 */
export async function readHeader(source: ByteSource): Promise<Header> {
  if (source.size < 8) {
    throw new SafetensorsError(
      'HeaderTooSmall',
      `Cannot read safetensors: expected at least 8 bytes but got ${source.size}`,
    );
  }
  const lengthBytes = await source.read(0, 8);
  const length = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (length > BigInt(maxHeaderSize)) {
    throw new SafetensorsError(
      'HeaderTooLarge',
      `Cannot read safetensors: its first 8 bytes announce a header of ${length} bytes, more than ${maxHeaderSize}; it may be another kind of file`,
    );
  }
  const headerSize = Number(length);
  const dataStart = 8 + headerSize;
  if (dataStart > source.size) {
    throw new SafetensorsError(
      'InvalidHeaderLength',
      `Cannot read safetensors: a header of ${headerSize} bytes is announced but only ${source.size - 8} follow; download the file again`,
    );
  }
  const { tensors: scanned, metadata, unknownKeys } = scanHeader(decodeUtf8(await source.read(8, headerSize)));
  if (unknownKeys.length > 0)
    announce(`passing over unknown tensor fields: ${[...new Set(unknownKeys)].slice(0, 5).join(', ')}`);
  const dataSize = source.size - dataStart;
  const tensors = checkTensors(scanned, dataSize);
  for (const key of metadata.keys()) checkText(key, 'a metadata key');
  return { dataStart, tensors, metadata };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SafetensorsError('InvalidHeader', 'Cannot read safetensors: its header is not UTF-8');
  }
}

/** The reference's checks first, in its order, so that its codes come out; then the stricter ones. */
function checkTensors(scanned: readonly ScannedTensor[], dataSize: number): Map<string, TensorInfo> {
  for (const { name, dtype } of scanned) {
    if (!Object.hasOwn(dtypeBits, dtype)) {
      throw new SafetensorsError(
        'InvalidHeaderDeserialization',
        `Cannot read tensor '${name}': dtype '${dtype}' is not of the format`,
      );
    }
  }
  const byOffset = scanned.toSorted(
    (one, other) => compare(one.offsets[0], other.offsets[0]) || compare(one.offsets[1], other.offsets[1]),
  );
  let position: number | bigint = 0;
  for (const {
    name,
    dtype,
    shape,
    offsets: [begin, end],
  } of byOffset) {
    if (begin !== position || end < begin) {
      throw new SafetensorsError(
        'InvalidOffset',
        `Cannot read tensor '${name}': expected its bytes to begin at ${position} but its offsets are [${begin}, ${end}]; tensors must neither overlap nor leave holes`,
      );
    }
    position = end;
    const size = sizeInBytes(name, dtype as Dtype, shape);
    if (BigInt(end) - BigInt(begin) !== size) {
      throw new SafetensorsError(
        'TensorInvalidInfo',
        `Cannot read tensor '${name}': ${dtype} [${shape.join(', ')}] takes ${size} bytes but its offsets are [${begin}, ${end}]`,
      );
    }
  }
  if (BigInt(position) !== BigInt(dataSize)) {
    const missing = BigInt(position) - BigInt(dataSize);
    const detail =
      missing > 0n
        ? `${missing} bytes are missing at the end; download it again`
        : `${-missing} bytes too many stand at its end`;
    throw new SafetensorsError(
      'MetadataIncompleteBuffer',
      `Cannot read safetensors: expected ${position} bytes of tensors but got ${dataSize}: ${detail}`,
    );
  }
  const tensors = new Map<string, TensorInfo>();
  for (const { name, dtype, shape, offsets } of scanned) {
    checkText(name, 'a tensor name');
    const numbers = [...shape, ...offsets];
    const unsafe = numbers.find((number) => typeof number === 'bigint');
    if (unsafe !== undefined)
      throw new SafetensorsError('UnsafeNumber', `Cannot read tensor '${name}': ${unsafe} is more than 2^53 - 1`);
    const [begin, end] = offsets as readonly [number, number];
    tensors.set(name, { name, dtype: dtype as Dtype, shape: shape as readonly number[], begin, end });
  }
  return tensors;
}

/** @throws SafetensorsError where the size in bits overflows 64 bits on the way, or is not whole bytes */
function sizeInBytes(name: string, dtype: Dtype, shape: readonly (number | bigint)[]): bigint {
  let size = 1n;
  for (const extent of [...shape, dtypeBits[dtype]]) {
    size *= BigInt(extent);
    if (size >= 2n ** 64n) {
      throw new SafetensorsError(
        'ValidationOverflow',
        `Cannot read tensor '${name}': [${shape.join(', ')}] has more than 2^64 bits`,
      );
    }
  }
  if (size % 8n !== 0n) {
    throw new SafetensorsError(
      'MisalignedSlice',
      `Cannot read tensor '${name}': ${dtype} [${shape.join(', ')}] is not a whole number of bytes`,
    );
  }
  return size / 8n;
}

/** @throws SafetensorsError on an empty text or one with control characters */
export function checkText(text: string, what: string): void {
  if (text === '' && what === 'a tensor name')
    throw new SafetensorsError('EmptyTensorName', `Cannot use ${what} that is empty`);
  if (/\p{Cc}/u.test(text)) {
    throw new SafetensorsError(
      'ControlCharacter',
      `Cannot use ${JSON.stringify(text)} as ${what}: it has control characters`,
    );
  }
}

function compare(one: number | bigint, other: number | bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
