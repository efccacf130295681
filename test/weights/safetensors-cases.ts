import type { Dtype, SafetensorsErrorCode } from '../../src/weights/safetensors.ts';

/** A file that must be refused: with `code` by us, with `reference` by safetensors 0.8.0 (measured), unless that accepts it. */
export type BadFile = {
  id: number;
  what: string;
  bytes: Uint8Array;
  code: SafetensorsErrorCode;
  reference: SafetensorsErrorCode | 'accepts';
};

const encoder = new TextEncoder();

/** A file of that header (with its true length in front) and data. */
export function fileBytes(header: string | Uint8Array, data: string | Uint8Array = ''): Uint8Array<ArrayBuffer> {
  const [head, tail] = [header, data].map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  return withLength(BigInt(head!.length), new Uint8Array([...head!, ...tail!]));
}

/** Header length `length`, then the rest, whether it fits or not. */
export function withLength(length: bigint, rest: Uint8Array, littleEndian = true): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + rest.length);
  new DataView(bytes.buffer).setBigUint64(0, length, littleEndian);
  bytes.set(rest, 8);
  return bytes;
}

/** One entry of a header. */
export function entry(name: string, dtype: Dtype | string, shape: string, offsets: string): string {
  return `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
}

/** A file of one tensor `a`, by default U8 [2] with its two bytes. */
function one(changes: { name?: string; dtype?: string; shape?: string; offsets?: string; data?: string }): Uint8Array {
  const { name = 'a', dtype = 'U8', shape = '[2]', offsets = '[0,2]', data = 'xy' } = changes;
  return fileBytes(`{${entry(name, dtype, shape, offsets)}}`, data);
}

/** A file of two U8 tensors. */
function two(
  shapeA: string,
  offsetsA: string,
  shapeB: string,
  offsetsB: string,
  data: string,
  nameB = 'b',
): Uint8Array {
  return fileBytes(`{${entry('a', 'U8', shapeA, offsetsA)},${entry(nameB, 'U8', shapeB, offsetsB)}}`, data);
}

const empty = encoder.encode('{}');
const json = 'InvalidHeaderDeserialization';
const fields = '"dtype":"U8","shape":[2],"data_offsets":[0,2]';

type Row = [id: number, what: string, bytes: Uint8Array, code: SafetensorsErrorCode, reference?: BadFile['reference']];
const rows: Row[] = [
  [1, 'empty file', new Uint8Array(0), 'HeaderTooSmall'],
  [2, 'seven bytes', new Uint8Array(7), 'HeaderTooSmall'],
  [3, 'header length 0', withLength(0n, new Uint8Array(0)), json],
  [4, 'header longer than the file', withLength(99n, empty), 'InvalidHeaderLength'],
  [5, 'header length 2 ** 63', withLength(2n ** 63n, empty), 'HeaderTooLarge'],
  [6, 'header length 100,000,001', withLength(100_000_001n, empty), 'HeaderTooLarge'],
  [7, 'big-endian header length', withLength(2n, empty, false), 'HeaderTooLarge'],
  [8, 'header not UTF-8', fileBytes(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), 'InvalidHeader'],
  [9, 'only {', fileBytes('{'), json],
  [10, 'array for an object', fileBytes('[]'), json],
  [11, 'byte order mark', fileBytes('\ufeff{}'), json],
  [12, 'NUL padding', fileBytes('{}\0\0'), json],
  [13, 'text after the object', fileBytes('{}x'), json],
  [14, 'comment', fileBytes('{}/*c*/'), json],
  [15, 'NaN', fileBytes('{"a":NaN}'), json],
  [16, 'half a surrogate pair in a name', one({ name: '\\ud800' }), json],
  [17, '__metadata__ twice', fileBytes('{"__metadata__":{},"__metadata__":{}}'), json],
  [18, 'dtype twice', fileBytes(`{"a":{"dtype":"U8",${fields}}}`, 'xy'), json],
  [19, 'metadata value a number', fileBytes('{"__metadata__":{"k":1}}'), json],
  [20, 'metadata value an object', fileBytes('{"__metadata__":{"k":{}}}'), json],
  [21, '__metadata__ a tensor', fileBytes(`{"__metadata__":{${fields}}}`, 'xy'), json],
  [22, 'metadata 200 deep', fileBytes(`{"__metadata__":${'{"k":'.repeat(200)}"v"${'}'.repeat(201)}`), json],
  [23, 'unknown dtype', one({ dtype: 'X8' }), json],
  [24, 'lower-case dtype', one({ dtype: 'u8' }), json],
  [25, 'no dtype', fileBytes('{"a":{"shape":[2],"data_offsets":[0,2]}}', 'xy'), json],
  [26, 'size -2', one({ shape: '[-2]' }), json],
  [27, 'size 2.0', one({ shape: '[2.0]' }), json],
  [28, 'size 2e0', one({ shape: '[2e0]' }), json],
  [29, 'size "2"', one({ shape: '["2"]' }), json],
  [30, 'product above 64 bits', one({ shape: '[4294967296,4294967296,2]' }), 'ValidationOverflow'],
  [
    31,
    '[2 ** 63, 2 ** 63, 0]',
    one({ shape: '[9223372036854775808,9223372036854775808,0]', offsets: '[0,0]', data: '' }),
    'IntegerTooLarge',
    'ValidationOverflow',
  ],
  [32, 'one offset', one({ offsets: '[0]' }), json],
  [33, 'three offsets', one({ offsets: '[0,2,2]' }), json],
  [34, 'end before begin', two('[2]', '[0,2]', '[1]', '[2,1]', 'xy'), 'InvalidOffset'],
  [35, 'offset past the data', one({ shape: '[5]', offsets: '[0,5]' }), 'MetadataIncompleteBuffer'],
  [36, 'shape and bytes differ', one({ shape: '[3]' }), 'TensorInvalidInfo'],
  [37, 'hole at the start', one({ offsets: '[1,3]', data: 'xyz' }), 'InvalidOffset'],
  [38, 'hole between', two('[1]', '[0,1]', '[1]', '[2,3]', 'xyz'), 'InvalidOffset'],
  [39, 'overlap', two('[2]', '[0,2]', '[2]', '[1,3]', 'xyz'), 'InvalidOffset'],
  [40, 'same range twice', two('[2]', '[0,2]', '[2]', '[0,2]', 'xy'), 'InvalidOffset'],
  [41, 'trailing bytes', one({ data: 'xyPK\x03\x04' }), 'MetadataIncompleteBuffer'],
  [42, 'truncated data', one({ data: 'x' }), 'MetadataIncompleteBuffer'],
  [43, 'offsets from the start of the file', one({ offsets: '[64,66]' }), 'InvalidOffset'],
  [44, 'F4 with 3 elements', one({ dtype: 'F4', shape: '[3]' }), 'MisalignedSlice'],
  [45, 'duplicate tensor name', two('[2]', '[0,2]', '[2]', '[0,2]', 'xy', 'a'), 'DuplicateTensorName', 'accepts'],
  [46, 'duplicate metadata key', fileBytes('{"__metadata__":{"k":"1","k":"2"}}'), 'DuplicateMetadataKey', 'accepts'],
  [47, '__metadata__ null', fileBytes('{"__metadata__":null}'), 'NullMetadata', 'accepts'],
  [48, 'empty tensor name', one({ name: '' }), 'EmptyTensorName', 'accepts'],
  [
    49,
    'size 2 ** 53',
    one({ shape: '[9007199254740992,0]', offsets: '[0,0]', data: '' }),
    'IntegerTooLarge',
    'accepts',
  ],
  [50, 'NUL in a name', one({ name: 'a\\u0000' }), 'ControlCharacterInName', 'accepts'],
  [51, 'tensor as an array', fileBytes('{"a":["U8",[2],[0,2]]}', 'xy'), 'AlternateForm', 'accepts'],
  [
    52,
    'dtype as an object',
    fileBytes(`{"a":{${fields.replace('"U8"', '{"U8":null}')}}}`, 'xy'),
    'AlternateForm',
    'accepts',
  ],
  [
    53,
    'overflow before a zero',
    one({ shape: '[1099511627776,1099511627776,0]', offsets: '[0,0]', data: '' }),
    'ValidationOverflow',
  ],
  [54, 'overflow by the dtype', one({ dtype: 'F64', shape: '[4503599627370496,128]' }), 'ValidationOverflow'],
  [55, 'size -0', one({ shape: '[-0,2]', offsets: '[0,0]', data: '' }), json],
  [56, 'size 01', one({ shape: '[02]' }), json],
  [57, 'size 2 ** 64', one({ shape: '[18446744073709551616,0]', offsets: '[0,0]', data: '' }), 'IntegerTooLarge', json],
  [58, 'control character in a string', one({ name: 'a\n' }), json],
  [59, 'lone low surrogate', one({ name: '\\udc00' }), json],
  [60, 'high surrogate without a low one', one({ name: '\\ud800\\u0041' }), json],
  [61, 'unknown escape', one({ name: '\\x' }), json],
  [62, 'cut escape', fileBytes('{"\\u00'), json],
  [63, 'trailing comma', fileBytes('{"__metadata__":{},}'), json],
  [64, 'form feed is no white space', fileBytes('\f{}'), json],
  [65, 'null tensor', fileBytes('{"a":null}'), json],
  [66, 'unknown key 127 deep', fileBytes(`{"a":{${fields},"x":${'['.repeat(126)}${']'.repeat(126)}}}`, 'xy'), json],
  [67, 'unknown key with 1e400', fileBytes(`{"a":{${fields},"x":1e400}}`, 'xy'), json],
  [68, 'no shape', fileBytes('{"a":{"dtype":"U8","data_offsets":[0,2]}}', 'xy'), json],
  [69, 'no data_offsets', fileBytes('{"a":{"dtype":"U8","shape":[2]}}', 'xy'), json],
  [70, 'shape twice', fileBytes(`{"a":{${fields},"shape":[2]}}`, 'xy'), json],
  [71, 'data_offsets twice', fileBytes(`{"a":{${fields},"data_offsets":[0,2]}}`, 'xy'), json],
  [72, 'string without an end', fileBytes('{"a'), json],
];

/** The 50 rows of the table measured on safetensors 0.8.0, and more of the same kind. */
export const badFiles: readonly BadFile[] = rows.map(([id, what, bytes, code, reference]) => ({
  id,
  what,
  bytes,
  code,
  reference: reference ?? code,
}));

/** Files that both accept; `names` are the tensors in the order of the header. */
export const goodFiles: readonly { what: string; bytes: Uint8Array; names: string[] }[] = [
  { what: 'no tensors', bytes: fileBytes('{}'), names: [] },
  { what: 'empty metadata', bytes: fileBytes('{"__metadata__":{}}'), names: [] },
  { what: 'header out of order', bytes: two('[1]', '[2,3]', '[2]', '[0,2]', 'xyz'), names: ['a', 'b'] },
  { what: 'scalar', bytes: one({ shape: '[]', offsets: '[0,1]', data: 'x' }), names: ['a'] },
  { what: 'zero-size', bytes: one({ shape: '[3,0]', offsets: '[0,0]', data: '' }), names: ['a'] },
  { what: 'zero-size beside others', bytes: two('[0]', '[0,0]', '[2]', '[0,2]', 'xy'), names: ['a', 'b'] },
  { what: 'unaligned data', bytes: fileBytes(`{${entry('a', 'F32', '[1]', '[0,4]')}} `, '\0\0\0\0'), names: ['a'] },
  {
    what: 'white space around',
    bytes: fileBytes(` \n\t\r{${entry('a', 'U8', '[2]', '[0,2]')}} \n\t\r`, 'xy'),
    names: ['a'],
  },
  { what: '__proto__', bytes: one({ name: '__proto__' }), names: ['__proto__'] },
  { what: 'a name like a path', bytes: one({ name: '../../x' }), names: ['../../x'] },
  { what: 'a surrogate pair', bytes: one({ name: '\\ud83d\\ude00' }), names: ['😀'] },
  { what: 'every escape', bytes: one({ name: '\\"\\\\\\/\\u00e9' }), names: ['"\\/é'] },
  {
    what: 'escaped key and dtype',
    bytes: fileBytes(`{"a":{${fields.replace('dtype', '\\u0064type').replace('U8', 'U\\u0038')}}}`, 'xy'),
    names: ['a'],
  },
  { what: 'F4 with 4 elements', bytes: one({ dtype: 'F4', shape: '[4]' }), names: ['a'] },
  {
    what: 'F6 with 4 elements',
    bytes: one({ dtype: 'F6_E2M3', shape: '[4]', offsets: '[0,3]', data: 'xyz' }),
    names: ['a'],
  },
  {
    what: 'unknown keys',
    bytes: fileBytes(`{"a":{${fields},"x":[-1.5e+3,true,false,null,"s",{"y":{}}],"x":2}}`, 'xy'),
    names: ['a'],
  },
  {
    what: 'unknown key 126 deep',
    bytes: fileBytes(`{"a":{${fields},"x":${'['.repeat(125)}${']'.repeat(125)}}}`, 'xy'),
    names: ['a'],
  },
];
