import { type Dtype, encodeSafetensors, type TensorData } from '../../src/weights/safetensors.ts';
import { fileBytes, withLength } from '../weights/safetensors-cases.ts';
import { byteMutants, type Random, randomFrom } from '../weights/safetensors-mutants.ts';

/**
 * Files that know the format: headers of a few tensors with one to three faults of the kind that a format has (edge numbers, doubled,
 * dropped and foreign keys, other forms of a value, shifted offsets, white space), some with a wrong length or data, some with changed bytes.
 */
export function* structuredMutants(count: number, seed: number): Generator<Uint8Array> {
  const random = randomFrom(seed);
  for (let i = 0; i < count; i++) {
    const { header, data } = randomFile(random);
    let text = header;
    for (let faults = random(4); faults > 0; faults--) text = pick(random, faultKinds)(text, random);
    const bytes = fileBytes(text, mutateData(data, random));
    const kind = random(16);
    if (kind === 0) yield [...byteMutants(bytes, 1, random(2 ** 30))][0]!;
    else if (kind === 1) yield withLength(pick(random, lengths(bytes.length)), bytes.subarray(8));
    else yield bytes;
  }
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;

const lengths = (size: number): bigint[] => [
  0n,
  1n,
  2n ** 53n,
  2n ** 64n - 1n,
  100_000_001n,
  ...[-9, -8, -7, 0].map((d) => BigInt(Math.max(size + d, 0))),
];

const dtypes: [Dtype, bytes: number][] = [
  ['BOOL', 1],
  ['U8', 1],
  ['I8', 1],
  ['F8_E4M3', 1],
  ['F16', 2],
  ['BF16', 2],
  ['I32', 4],
  ['F32', 4],
  ['C64', 8],
  ['I64', 8],
];

function randomFile(random: Random): { header: string; data: Uint8Array } {
  const entries: string[] = [];
  if (random(3) === 0) entries.push(`"__metadata__":{"format":"pt"${random(2) ? ',"k\\u00e9":"v"' : ''}}`);
  let end = 0;
  for (let tensors = random(4); tensors > 0; tensors--) {
    const [dtype, bytes] = pick(random, dtypes);
    const shape = Array.from({ length: random(4) }, () => random(4));
    const begin = end;
    end += bytes * shape.reduce((product, size) => product * size, 1);
    entries.push(`"t${tensors}":{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`);
  }
  if (random(2)) entries.reverse();
  return { header: `{${entries}}${' '.repeat(random(8))}`, data: Uint8Array.from({ length: end }, () => random(256)) };
}

function mutateData(data: Uint8Array, random: Random): Uint8Array {
  const kind = random(20);
  if (kind === 0) return data.subarray(0, random(data.length + 1));
  if (kind === 1) return new Uint8Array([...data, ...new Uint8Array(1 + random(4))]);
  return data;
}

type Fault = (header: string, random: Random) => string;

/** Replaces one of the matches of `pattern`. */
function replaceOne(header: string, pattern: RegExp, random: Random, replacement: (match: string) => string): string {
  const matches = [...header.matchAll(pattern)];
  if (matches.length === 0) return header;
  const match = pick(random, matches);
  return header.slice(0, match.index) + replacement(match[0]) + header.slice(match.index + match[0].length);
}

const numbers =
  '0 1 2 3 4 8 -1 -0 00 1.0 1e0 0.5 4294967296 9007199254740991 9007199254740992 18446744073709551615 18446744073709551616 1e400 null "1" true [] {}'.split(
    ' ',
  );
const otherDtypes =
  '"F4" "F6_E3M2" "U64" "F64" "f32" "X" "" null 1 {"U8":null} {"U8":[]} {"U8":1} {} [] "U\\u0038"'.split(' ');
const names = [
  '',
  '__metadata__',
  '__proto__',
  '../x',
  't1',
  't2',
  '\\u0000',
  '\\n',
  '\\ud800',
  '\\ud83d\\ude00',
  '\\u0085',
  '\n',
  'é',
  '\\q',
  't\\u0031',
  'dtype',
  '\x7f',
];
const values = '1 -2.5e3 1e999 "s" "\\ud800" null true {"a":1,"a":2} [[[]]] nul [1,] {1:2}'.split(' ');
const metadata = [
  'null',
  '{}',
  '[]',
  '{"a":"1","a":"2"}',
  '{"a":1}',
  '{"a":null}',
  '{"":""}',
  '"s"',
  '{"a":"\\u0000"}',
  '{"a":"b",}',
];
const space = [' ', '\n', '\t', '\r', '\f', '\0', '\ufeff', '\u00a0', ',', '/**/'];

const faultKinds: readonly Fault[] = [
  (header, random) => replaceOne(header, /\b\d+\b(?=[,\]])/g, random, () => pick(random, numbers)),
  (header, random) =>
    replaceOne(header, /\b\d+\b(?=[,\]])/g, random, (digits) => String(Math.max(0, Number(digits) + random(5) - 2))),
  (header, random) =>
    replaceOne(header, /\[[\d,]*\]/g, random, (list) =>
      pick(random, ['[]', 'null', '{}', list.replace('[', '[0,'), list.replace(']', ',1]'), list.replace(/\d+,?/, '')]),
    ),
  (header, random) => replaceOne(header, /(?<="dtype":)"\w+"/g, random, () => pick(random, otherDtypes)),
  (header, random) =>
    replaceOne(header, /(?<=")(t\d|dtype|shape|data_offsets|__metadata__)(?=":)/g, random, () => pick(random, names)),
  (header, random) => replaceOne(header, /"(dtype|shape|data_offsets)":("\w+"|\[[\d,]*\]),?/g, random, () => ''),
  (header, random) =>
    replaceOne(header, /"(dtype|shape|data_offsets)":("\w+"|\[[\d,]*\])/g, random, (field) => `${field},${field}`),
  (header, random) =>
    replaceOne(
      header,
      /(?<=\{)"dtype"/g,
      random,
      (field) => `"${pick(random, names)}":${pick(random, values)},${field}`,
    ),
  (header, random) =>
    replaceOne(header, /"t\d":\{[^}]*\}/g, random, (tensor) =>
      pick(random, [
        `${tensor},${tensor}`,
        '',
        tensor.replace(/:.*/, ':null'),
        tensor
          .replace(/"\w+":(?=["[])/g, '')
          .replace('{', '[')
          .replace('}', ']'),
      ]),
    ),
  (header, random) => replaceOne(header, /^\{/g, random, () => `{"__metadata__":${pick(random, metadata)},`),
  (header, random) =>
    replaceOne(header, /[{}[\],:]/g, random, (mark) =>
      random(2) ? mark + pick(random, space) : pick(random, space) + mark,
    ),
  (header, random) => replaceOne(header, /[{}[\],:"]/g, random, () => ''),
];

/** Random tensors of every dtype that Python can read back, for the way from here to there. */
export function everyDtype(seed: number): Map<string, TensorData> {
  const random = randomFrom(seed);
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random(256));
  const tensors = new Map<string, TensorData>();
  const raw: [Dtype, number][] = [
    ['U8', 1],
    ['I8', 1],
    ['I16', 2],
    ['U16', 2],
    ['I32', 4],
    ['U32', 4],
    ['F32', 4],
    ['F64', 8],
    ['I64', 8],
    ['U64', 8],
    ['F16', 2],
    ['BF16', 2],
    ['C64', 8],
    ['F8_E4M3', 1],
    ['F8_E5M2', 1],
    ['F8_E8M0', 1],
  ];
  for (const [dtype, size] of raw) tensors.set(dtype.toLowerCase(), { dtype, shape: [2, 3], data: bytes(6 * size) });
  tensors.set('bool', { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) });
  tensors.set('scalar é😀', { dtype: 'F32', shape: [], data: Float32Array.of(0.1) });
  tensors.set('empty', { dtype: 'F32', shape: [3, 0], data: new Float32Array(0) });
  return tensors;
}

/** The whole file in memory. */
export async function encodeWhole(...args: Parameters<typeof encodeSafetensors>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of encodeSafetensors(...args)) parts.push(piece.slice());
  return Buffer.concat(parts);
}
