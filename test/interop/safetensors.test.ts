import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource, writeFileAtomically } from '../../src/node/files.ts';
import { uniformNumbers } from '../../src/random.ts';
import {
  bufferSource,
  encodeSafetensors,
  openSafetensors,
  SafetensorsError,
  type TensorData,
} from '../../src/weights/safetensors.ts';
import { collectWarnings } from '../warnings.ts';
import { runPython } from './python.ts';

type Described = Record<string, { shape: number[]; values: string[] }>;

/** What this reader refuses and the reference lets pass: table 1.3 of docs/safetensors.md. */
const stricter = [
  'DuplicateTensorName',
  'DuplicateMetadataKey',
  'NullMetadata',
  'EmptyTensorName',
  'ControlCharacter',
  'UnsafeNumber',
];

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
after(() => rm(directory, { recursive: true }));

describe('safetensors against the reference implementation', () => {
  it('gives the same verdict, with the same code, on 12,000 files', async () => {
    const files = mutants(12_000);
    const listed = join(directory, 'files.json');
    await writeFile(listed, JSON.stringify(files.map((bytes) => Buffer.from(bytes).toString('base64'))));
    const verdicts = JSON.parse(runPython('safetensors_cases.py', 'verdicts', listed)) as (string | null)[];
    const counts = { accepted: 0, refused: 0, stricter: 0 };
    const codes: (string | undefined)[] = [];
    await collectWarnings(async () => {
      for (const bytes of files) codes.push(await codeOf(bytes));
    });
    for (const [index, bytes] of files.entries()) {
      const theirs = verdicts[index] as string | null;
      const ours = codes[index];
      const context = `${ours} for ${theirs}: ${Buffer.from(bytes).toString('latin1')}`;
      if (ours !== undefined && stricter.includes(ours)) {
        counts.stricter += 1;
      } else if (ours === undefined) {
        assert.equal(theirs, null, context);
        counts.accepted += 1;
      } else {
        assert.ok(theirs !== null, context);
        assert.ok(saysTheSame(theirs, ours), context);
        counts.refused += 1;
      }
    }
    console.log(`        ${JSON.stringify(counts)}`);
    assert.ok(counts.accepted > 500 && counts.refused > 5000 && counts.stricter > 50);
  });

  it('reads what Python writes', async () => {
    const path = join(directory, 'python.safetensors');
    const described = JSON.parse(runPython('safetensors_cases.py', 'write', path)) as Described;
    const file = await openSafetensors(await fileSource(path));
    assert.deepEqual([...file.tensors.keys()].sort(), Object.keys(described).sort());
    for (const [name, { shape, values }] of Object.entries(described)) {
      assert.deepEqual(file.tensors.get(name)?.shape, shape);
      const read = await file.read(name);
      assert.deepEqual(Array.from(read as ArrayLike<number | bigint>, Number), values.map(toNumber), name);
    }
    await file.close();
  });

  it('writes what Python reads, with rounding as PyTorch rounds', async () => {
    const uniform = uniformNumbers(4);
    const data = Float32Array.from({ length: 20_000 }, () => (uniform() - 0.5) * 2 ** (60 * uniform() - 40));
    data.set([0, -0, 65504, 65519.99, 65520, 2 ** -24, 2 ** -25, 1 + 2 ** -11, 1 + 2 ** -8, Number.POSITIVE_INFINITY]);
    const shape = [data.length];
    const tensors = new Map<string, TensorData>([
      ['F32', { dtype: 'F32', shape, data }],
      ['F16', { dtype: 'F16', shape, data }],
      ['BF16', { dtype: 'BF16', shape, data }],
      ['I64', { dtype: 'I64', shape: [1, 2], data: new BigInt64Array([-5n, 6n]) }],
    ]);
    const path = join(directory, 'ours.safetensors');
    await writeFileAtomically(path, encodeSafetensors(tensors));
    const described = JSON.parse(runPython('safetensors_cases.py', 'read', path)) as Described;
    const file = await openSafetensors(await fileSource(path));
    for (const name of tensors.keys()) {
      const read = await file.read(name);
      assert.deepEqual(
        Array.from(read as ArrayLike<number | bigint>, Number),
        described[name]?.values.map(toNumber),
        name,
      );
    }
    await file.close();
  });
});

/** Python spells infinity and truth its own way. */
function toNumber(value: string): number {
  const spelled: Record<string, number> = {
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
    True: 1,
    False: 0,
  };
  return spelled[value] ?? Number(value);
}

async function codeOf(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await openSafetensors(bufferSource(bytes));
    return undefined;
  } catch (error) {
    assert.ok(error instanceof SafetensorsError, String(error));
    return error.code;
  }
}

/** The reference's messages, by code. */
function saysTheSame(message: string, code: string): boolean {
  const words: Record<string, RegExp> = {
    HeaderTooSmall: /header too small/i,
    HeaderTooLarge: /header too large/i,
    InvalidHeaderLength: /invalid header length/i,
    InvalidHeader: /invalid UTF-8 in header/i,
    InvalidHeaderDeserialization: /invalid JSON in header/i,
    InvalidOffset: /invalid offset/i,
    ValidationOverflow: /overflow/i,
    TensorInvalidInfo: /invalid shape, data type, or offset/i,
    MetadataIncompleteBuffer: /incomplete metadata|file not fully covered/i,
    MisalignedSlice: /misaligned|sub-byte|byte boundary/i,
  };
  return words[code]?.test(message) ?? false;
}

/** Headers that are nearly right: fields left out, doubled, exchanged for others; then bytes of the file changed. */
function mutants(count: number): Uint8Array[] {
  const uniform = uniformNumbers(2026);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)] as T;
  const rarely = (chance: number) => uniform() < chance;
  const numbers = [
    '0',
    '1',
    '2',
    '-1',
    '1.0',
    '1e0',
    '01',
    '"1"',
    'null',
    '4294967296',
    '9007199254740993',
    '18446744073709551615',
    '18446744073709551616',
    '99999999999999999999999',
  ];
  const dtypes = [
    'F32',
    'F32',
    'F32',
    'F16',
    'BF16',
    'U8',
    'I64',
    'BOOL',
    'F4',
    'F6_E2M3',
    'F8_E4M3',
    'C64',
    'f32',
    'F31',
    '',
  ];
  const bits: Record<string, number> = {
    F32: 32,
    F16: 16,
    BF16: 16,
    U8: 8,
    I64: 64,
    BOOL: 8,
    F4: 4,
    F6_E2M3: 6,
    F8_E4M3: 8,
    C64: 64,
  };
  const names = [
    'a',
    'b',
    'c',
    'd',
    'é',
    '',
    '__proto__',
    'a\\u0000',
    'x\\ny',
    '\\ud800',
    '../x',
    '__metadata__',
    'a/b',
  ];
  const space = () => (rarely(0.1) ? pick([' ', '\n', '\t', '\r', '  ', '\\u00a0', '\u00a0', '\v']) : '');
  return Array.from({ length: count }, () => {
    let position = 0;
    const members: string[] = [];
    if (rarely(0.4)) {
      const metadata = [
        `"format":"pt"`,
        `"format":"pt","x":"y"`,
        `"k":"1","k":"2"`,
        `"k":1`,
        `"k":null`,
        `"k":{}`,
        `"":""`,
        '',
      ];
      members.push(`"__metadata__":${rarely(0.05) ? pick(['null', '[]', '1', '"a"']) : `{${pick(metadata)}}`}`);
    }
    for (let left = Math.floor(uniform() * 4); left > 0; left--) {
      const dtype = rarely(0.85) ? pick(dtypes.slice(0, 8)) : pick(dtypes);
      const shape = Array.from({ length: Math.floor(uniform() * 3) }, () => String(Math.floor(uniform() * 4)));
      const size = Math.ceil(
        (shape.reduce((product, extent) => product * Number(extent), 1) * (bits[dtype] ?? 32)) / 8,
      );
      if (rarely(0.05) && shape.length > 0) shape[0] = pick(numbers);
      const begin = rarely(0.03) ? pick(numbers) : String(position);
      position += size;
      const end = rarely(0.03) ? pick(numbers) : String(position);
      const fields = [
        `"dtype":"${dtype}"`,
        `"shape":[${shape.join(`${space()},`)}]`,
        `"data_offsets":[${begin},${end}${rarely(0.02) ? ',0' : ''}]`,
      ];
      if (rarely(0.03)) fields.splice(Math.floor(uniform() * 3), 1);
      if (rarely(0.03)) fields.push(pick(fields));
      if (rarely(0.05))
        fields.push(`"extra":${pick(['1', '[[{}]]', '{"a":[1.5e3,null]}', '"\\u00e9"', 'nul', '-', '01', '[1,]'])}`);
      if (rarely(0.3)) fields.reverse();
      const name = rarely(0.8) ? `${pick(names.slice(0, 4))}${members.length}` : pick(names);
      members.push(`"${name}"${space()}:${space()}{${fields.join(`,${space()}`)}}`);
    }
    if (rarely(0.2)) members.reverse();
    let header = `${space()}{${members.join(`${space()},`)}}${space()}`;
    if (rarely(0.05))
      header = header.replace(pick(['{', '}', ':', ',', '"', ']']), pick(['', ' ', '{', '}', ',', '"']));
    const json = new TextEncoder().encode(header);
    const data = rarely(0.05) ? Math.max(0, position + Math.floor(uniform() * 5) - 2) : position;
    const bytes = new Uint8Array(8 + json.length + data);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    for (let changes = rarely(0.2) ? Math.floor(uniform() * 3) : 0; changes > 0; changes--) {
      bytes[Math.floor(uniform() * bytes.length)] = Math.floor(uniform() * 256);
    }
    return rarely(0.03) ? bytes.slice(0, Math.floor(uniform() * bytes.length)) : bytes;
  });
}
