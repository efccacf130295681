import { type Dtype, isDtype } from './safetensors-dtypes.ts';
import { SafetensorsError, type SafetensorsErrorCode } from './safetensors-error.ts';
import {
  type Cursor,
  expectEnd,
  peek,
  readArray,
  readNull,
  readNumber,
  readObject,
  readString,
  skipValue,
} from './safetensors-json.ts';

/** Longest header, in bytes, that the format allows: a limit of the reference, for reading and writing. */
export const MAX_HEADER_SIZE = 100_000_000;

/** Where a tensor is and what it is; `begin` and `end` are byte offsets in the byte buffer, which begins after the header. */
export type TensorInfo = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
};

/** What a header says. `unknownKey` is the first key of a tensor that the format does not know, e.g. `'visual.proj': "strides"`. */
export type Header = {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly unknownKey: string | undefined;
};

const ACTION = 'Cannot read safetensors header';

/**
 * Reads the header's JSON. Whether the tensors fit the byte buffer is for `checkLayout` to say.
 * @throws {SafetensorsError} when it is not what the format asks for, to the letter
 */
export function parseHeader(text: string): Header {
  const cursor: Cursor = { text, at: 0, code: 'InvalidHeaderDeserialization', action: ACTION };
  const tensors = new Map<string, TensorInfo>();
  let unknownKey: string | undefined;
  let metadata: Map<string, string> | undefined;
  readObject(cursor, (name) => {
    if (name === '__metadata__') {
      if (metadata) refuse(cursor.code, "'__metadata__' is there twice");
      metadata = readMetadata(cursor);
      return;
    }
    if (tensors.has(name)) refuse('DuplicateTensorName', `tensor '${name}' is there twice`);
    const complaint = complaintAboutName(name);
    if (complaint) refuse(complaint.code, complaint.message);
    tensors.set(
      name,
      readTensorInfo(cursor, name, (key) => {
        unknownKey ??= `'${name}': ${JSON.stringify(key)}`;
      }),
    );
  });
  expectEnd(cursor);
  return { tensors, metadata: metadata ?? new Map(), unknownKey };
}

/** Why no tensor may have this name, or undefined. The writer asks too. */
export function complaintAboutName(name: string): { code: SafetensorsErrorCode; message: string } | undefined {
  if (name === '') return { code: 'EmptyTensorName', message: 'a tensor has an empty name' };
  if (!/\p{Cc}/u.test(name)) return undefined;
  return { code: 'ControlCharacterInName', message: `the tensor name ${JSON.stringify(name)} has a control character` };
}

function readMetadata(cursor: Cursor): Map<string, string> {
  if (peek(cursor) === 'n') {
    readNull(cursor);
    refuse('NullMetadata', "'__metadata__' is null; expected an object of strings");
  }
  const metadata = new Map<string, string>();
  readObject(cursor, (key) => {
    if (metadata.has(key)) refuse('DuplicateMetadataKey', `'__metadata__' has the key ${JSON.stringify(key)} twice`);
    metadata.set(key, readString(cursor));
  });
  return metadata;
}

function readTensorInfo(cursor: Cursor, name: string, onUnknownKey: (key: string) => void): TensorInfo {
  let dtype: Dtype | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  refuseAlternateForm(
    cursor,
    '[',
    `tensor '${name}' is an array; expected an object with dtype, shape and data_offsets`,
  );
  readObject(cursor, (key) => {
    if (key === 'dtype') {
      if (dtype !== undefined) refuse(cursor.code, `tensor '${name}' has 'dtype' twice`);
      dtype = readDtype(cursor, name);
    } else if (key === 'shape') {
      if (shape) refuse(cursor.code, `tensor '${name}' has 'shape' twice`);
      shape = readSizes(cursor, `tensor '${name}', shape`);
    } else if (key === 'data_offsets') {
      if (offsets) refuse(cursor.code, `tensor '${name}' has 'data_offsets' twice`);
      offsets = readSizes(cursor, `tensor '${name}', data_offsets`);
    } else {
      onUnknownKey(key);
      skipValue(cursor, 2);
    }
  });
  if (dtype === undefined) refuse(cursor.code, `tensor '${name}' has no dtype`);
  if (!shape) refuse(cursor.code, `tensor '${name}' has no shape`);
  if (!offsets) refuse(cursor.code, `tensor '${name}' has no data_offsets`);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length > 2) {
    refuse(cursor.code, `tensor '${name}': expected data_offsets [begin, end] but got ${offsets.length} numbers`);
  }
  return { name, dtype, shape, begin, end };
}

function readDtype(cursor: Cursor, name: string): Dtype {
  refuseAlternateForm(cursor, '{', `the dtype of tensor '${name}' is an object; expected a string`);
  const dtype = readString(cursor);
  if (!isDtype(dtype)) refuse(cursor.code, `tensor '${name}' has the unknown dtype ${JSON.stringify(dtype)}`);
  return dtype;
}

/** The reference derives its parser, which also takes a struct written as an array and an enum written as `{"F32": null}`. */
function refuseAlternateForm(cursor: Cursor, start: string, message: string): void {
  if (peek(cursor) === start) refuse('AlternateForm', message);
}

function readSizes(cursor: Cursor, what: string): number[] {
  const sizes: number[] = [];
  readArray(cursor, () => {
    const literal = readNumber(cursor);
    if (!/^\d+$/.test(literal)) refuse(cursor.code, `${what}: expected whole numbers, 0 or more, but got ${literal}`);
    const size = Number(literal);
    if (!Number.isSafeInteger(size)) refuse('IntegerTooLarge', `${what}: ${literal} is above 2 ** 53 - 1`);
    sizes.push(size);
  });
  return sizes;
}

function refuse(code: SafetensorsErrorCode, message: string): never {
  throw new SafetensorsError(code, `${ACTION}: ${message}`);
}
