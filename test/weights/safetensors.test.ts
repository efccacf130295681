import assert from 'node:assert/strict';
import fc from 'fast-check';
import { uniformNumbers } from '../../src/random.ts';
import {
  blobSource,
  bufferSource,
  encodeSafetensors,
  openSafetensors,
  SafetensorsError,
  type SafetensorsErrorCode,
  type TensorData,
} from '../../src/weights/safetensors.ts';

/** A file from its header's text and the number of data bytes behind it. */
function file(header: string | Uint8Array, dataBytes = 0): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** A file whose first eight bytes announce this length, with some bytes behind them. */
function announcing(length: bigint, littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(64).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, length, littleEndian);
  return bytes;
}

const tensor = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
const one = (name: string, dtype: string, shape: string, offsets: string) =>
  `{"${name}":${tensor(`"${dtype}"`, shape, offsets)}}`;
const good = tensor('"F32"', '[1]', '[0,4]');

// The truth table of the reference (safetensors 0.8): it rejects 1 to 44 and accepts 45 to 50, which this reader rejects too.
const badFiles: [what: string, code: SafetensorsErrorCode, bytes: Uint8Array][] = [
  ['an empty file', 'HeaderTooSmall', new Uint8Array(0)],
  ['seven bytes', 'HeaderTooSmall', new Uint8Array(7)],
  ['a header of no bytes', 'InvalidHeaderDeserialization', file('')],
  ['a header longer than the file', 'InvalidHeaderLength', announcing(1000n)],
  ['a header of 2^63 bytes', 'HeaderTooLarge', announcing(2n ** 63n)],
  ['a header of 100,000,001 bytes', 'HeaderTooLarge', announcing(100_000_001n)],
  ['a big-endian length', 'HeaderTooLarge', announcing(40n, false)],
  ['a header that is not UTF-8', 'InvalidHeader', file(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))],
  ['an opening brace only', 'InvalidHeaderDeserialization', file('{')],
  ['a list', 'InvalidHeaderDeserialization', file('[]')],
  ['a byte order mark', 'InvalidHeaderDeserialization', file('\ufeff{}')],
  ['padding with NUL', 'InvalidHeaderDeserialization', file('{}\0\0')],
  ['something behind the brace', 'InvalidHeaderDeserialization', file('{}x')],
  ['a comment', 'InvalidHeaderDeserialization', file('{}/*c*/')],
  ['NaN', 'InvalidHeaderDeserialization', file(one('a', 'F32', '[NaN]', '[0,4]'), 4)],
  ['a lone surrogate in a name', 'InvalidHeaderDeserialization', file(`{"\\ud800":${good}}`, 4)],
  ['__metadata__ twice', 'InvalidHeaderDeserialization', file('{"__metadata__":{},"__metadata__":{}}')],
  [
    'dtype twice',
    'InvalidHeaderDeserialization',
    file('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
  ],
  ['a number as metadata', 'InvalidHeaderDeserialization', file('{"__metadata__":{"a":1}}')],
  ['an object as metadata', 'InvalidHeaderDeserialization', file('{"__metadata__":{"a":{}}}')],
  ['a tensor called __metadata__', 'InvalidHeaderDeserialization', file(`{"__metadata__":${good}}`, 4)],
  [
    'metadata 200 deep',
    'InvalidHeaderDeserialization',
    file(`{"__metadata__":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`),
  ],
  ['an unknown dtype', 'InvalidHeaderDeserialization', file(one('a', 'F31', '[1]', '[0,4]'), 4)],
  ['a dtype in lower case', 'InvalidHeaderDeserialization', file(one('a', 'f32', '[1]', '[0,4]'), 4)],
  ['no dtype', 'InvalidHeaderDeserialization', file('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4)],
  ['a negative extent', 'InvalidHeaderDeserialization', file(one('a', 'F32', '[-2]', '[0,4]'), 4)],
  ['an extent of 2.0', 'InvalidHeaderDeserialization', file(one('a', 'F32', '[2.0]', '[0,8]'), 8)],
  ['an extent of 2e0', 'InvalidHeaderDeserialization', file(one('a', 'F32', '[2e0]', '[0,8]'), 8)],
  ['an extent as a string', 'InvalidHeaderDeserialization', file(one('a', 'F32', '["2"]', '[0,8]'), 8)],
  ['a product beyond 64 bits', 'ValidationOverflow', file(one('a', 'F32', '[4294967296,4294967296,2]', '[0,4]'), 4)],
  [
    'a product beyond 64 bits before a zero',
    'ValidationOverflow',
    file(one('a', 'F32', '[9223372036854775808,9223372036854775808,0]', '[0,0]')),
  ],
  ['one offset', 'InvalidHeaderDeserialization', file(one('a', 'F32', '[1]', '[0]'), 4)],
  ['three offsets', 'InvalidHeaderDeserialization', file(one('a', 'F32', '[1]', '[0,4,4]'), 4)],
  ['an end before the beginning', 'InvalidOffset', file(one('a', 'F32', '[1]', '[4,0]'), 4)],
  ['an offset past the data', 'MetadataIncompleteBuffer', file(one('a', 'F32', '[4]', '[0,16]'), 4)],
  ['a shape that does not fit the bytes', 'TensorInvalidInfo', file(one('a', 'F32', '[2]', '[0,4]'), 4)],
  ['a hole at the start', 'InvalidOffset', file(one('a', 'F32', '[1]', '[4,8]'), 8)],
  ['a hole between', 'InvalidOffset', file(`{"a":${good},"b":${tensor('"F32"', '[1]', '[8,12]')}}`, 12)],
  [
    'an overlap',
    'InvalidOffset',
    file(`{"a":${tensor('"F32"', '[2]', '[0,8]')},"b":${tensor('"F32"', '[1]', '[4,8]')}}`, 8),
  ],
  ['one range for two', 'InvalidOffset', file(`{"a":${good},"b":${good}}`, 4)],
  ['bytes behind the data', 'MetadataIncompleteBuffer', file(`{"a":${good}}`, 8)],
  ['data cut short', 'MetadataIncompleteBuffer', file(`{"a":${good}}`, 2)],
  ['offsets counted from the start of the file', 'InvalidOffset', file(one('a', 'F32', '[1]', '[66,70]'), 4)],
  ['three values of half a byte', 'MisalignedSlice', file(one('a', 'F4', '[3]', '[0,2]'), 2)],
  ['a name twice', 'DuplicateTensorName', file(`{"a":${good},"a":${good}}`, 4)],
  ['a metadata key twice', 'DuplicateMetadataKey', file('{"__metadata__":{"a":"1","a":"2"}}')],
  ['null as metadata', 'NullMetadata', file('{"__metadata__":null}')],
  ['a name without characters', 'EmptyTensorName', file(one('', 'F32', '[1]', '[0,4]'), 4)],
  ['a number above 2^53 - 1', 'UnsafeNumber', file(one('a', 'F32', '[0,9007199254740993]', '[0,0]'))],
  ['a name with NUL', 'ControlCharacter', file(one('a\\u0000', 'F32', '[1]', '[0,4]'), 4)],
];

async function write(tensors: Record<string, TensorData>, metadata?: Map<string, string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSafetensors(new Map(Object.entries(tensors)), metadata)) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

const open = (bytes: Uint8Array) => openSafetensors(bufferSource(bytes));

describe('openSafetensors()', () => {
  it('has a table of 50 bad files', () => assert.equal(badFiles.length, 50));

  for (const [index, [what, code, bytes]] of badFiles.entries()) {
    it(`refuses ${what} (${index + 1}): ${code}`, async () => {
      await assert.rejects(open(bytes), (error) => error instanceof SafetensorsError && error.code === code);
    });
  }

  const goodFiles: [what: string, bytes: Uint8Array][] = [
    ['no tensors', file('{}')],
    ['tensors in any order', file(`{"b":${tensor('"F32"', '[1]', '[4,8]')},"a":${good}}`, 8)],
    ['a scalar', file(one('a', 'F32', '[]', '[0,4]'), 4)],
    [
      'several empty tensors at one offset',
      file(`{"a":${tensor('"F32"', '[0]', '[0,0]')},"b":${tensor('"F32"', '[2,0]', '[0,0]')}}`),
    ],
    ['white space around the header', file(` \n\t{"a" : ${good} }\r\n  `, 4)],
    ['data that begins at an odd byte', file(`{"a":${good}}  `, 4)],
    ['the name __proto__', file(`{"__proto__":${good}}`, 4)],
    ['a name that looks like a path', file(`{"../../x":${good}}`, 4)],
    ['two values of half a byte', file(one('a', 'F4', '[2]', '[0,1]'), 1)],
    ['escapes in a name', file(`{"a\\u00e9\\n\\"":${good}}`.replace('\\n', ''), 4)],
  ];
  for (const [what, bytes] of goodFiles) it(`accepts ${what}`, async () => assert.ok(await open(bytes)));

  it('reads only the header, and then the asked tensor', async () => {
    const bytes = await write({
      a: { dtype: 'F32', shape: [1000], data: new Float32Array(1000) },
      b: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) },
    });
    const source = bufferSource(bytes);
    let read = 0;
    const counting = {
      ...source,
      read: (offset: number, length: number) => {
        read += length;
        return source.read(offset, length);
      },
    };
    const opened = await openSafetensors(counting);
    assert.equal(read, bytes.length - 4008);
    assert.deepEqual(await opened.read('b'), new Float32Array([1, 2]));
    assert.equal(read, bytes.length - 4000);
  });

  it('reads a Blob', async () => {
    const bytes = await write({ a: { dtype: 'I32', shape: [2], data: new Int32Array([3, -4]) } });
    const opened = await openSafetensors(blobSource(new Blob([new Uint8Array([9]), new Uint8Array(bytes)]).slice(1)));
    assert.deepEqual(await opened.read('a'), new Int32Array([3, -4]));
  });

  it('reads bytes from the midst of a buffer', async () => {
    const bytes = await write({ a: { dtype: 'F32', shape: [1], data: new Float32Array([2.5]) } });
    const within = new Uint8Array(bytes.length + 3);
    within.set(bytes, 3);
    assert.deepEqual(await (await open(within.subarray(3))).read('a'), new Float32Array([2.5]));
  });

  it('names what it does not decode, and gives its bytes', async () => {
    const opened = await open(file(one('a', 'F8_E4M3', '[2]', '[0,2]'), 2));
    await assert.rejects(opened.read('a'), /'a': dtype F8_E4M3 is not decoded .* read its bytes with readRaw/);
    assert.deepEqual(await opened.readRaw('a'), new Uint8Array(2));
    await assert.rejects(
      opened.read('b'),
      (error) => error instanceof SafetensorsError && error.code === 'TensorNotFound',
    );
    const integers = await open(await write({ a: { dtype: 'I32', shape: [1], data: new Int32Array(1) } }));
    await assert.rejects(integers.readFloat32('a'), /expected F64, F32, F16, BF16 but it is I32/);
  });

  it('throws nothing but its own error on 5,000 damaged files', async () => {
    const whole = await write(
      {
        a: { dtype: 'F32', shape: [3], data: new Float32Array(3) },
        b: { dtype: 'F16', shape: [2], data: new Float32Array(2) },
      },
      new Map([['format', 'pt']]),
    );
    const uniform = uniformNumbers(1);
    for (let round = 0; round < 5000; round++) {
      const damaged = whole.slice(0, uniform() < 0.2 ? Math.floor(uniform() * whole.length) : whole.length);
      for (let count = uniform() * 4; count > 0 && damaged.length > 0; count--) {
        const readable = '{}[]",:0123456789eE.-truefalsn\\u "';
        const byte =
          uniform() < 0.7 ? readable.charCodeAt(Math.floor(uniform() * readable.length)) : Math.floor(uniform() * 256);
        damaged[Math.floor(uniform() * damaged.length)] = byte;
      }
      try {
        const opened = await open(damaged);
        for (const name of opened.tensors.keys()) await opened.readRaw(name);
      } catch (error) {
        assert.ok(error instanceof SafetensorsError, `${String(error)} on ${Buffer.from(damaged).toString('latin1')}`);
      }
    }
  });
});

describe('encodeSafetensors()', () => {
  it('writes the widest first, then by name, padded to eight bytes', async () => {
    const bytes = await write(
      {
        small: { dtype: 'U8', shape: [3], data: new Uint8Array([1, 2, 3]) },
        b: { dtype: 'F32', shape: [], data: new Float32Array([1]) },
        a: { dtype: 'F32', shape: [2], data: new Float32Array([2, 3]) },
        long: { dtype: 'I64', shape: [1], data: new BigInt64Array([-1n]) },
      },
      new Map([['format', 'pt']]),
    );
    const { tensors, metadata } = await open(bytes);
    assert.deepEqual([...tensors.keys()], ['long', 'a', 'b', 'small']);
    assert.deepEqual([...metadata], [['format', 'pt']]);
    const headerSize = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.equal(headerSize % 8, 0);
    assert.equal(bytes[8], 0x7b);
    for (const { begin, dtype } of tensors.values())
      assert.equal(begin % { I64: 8, F32: 4, U8: 1 }[dtype as 'I64' | 'F32' | 'U8'], 0);
  });

  it('gives back every value of every dtype', async () => {
    const values: Record<string, TensorData> = {
      F64: { dtype: 'F64', shape: [2], data: new Float64Array([Math.PI, -0]) },
      F32: { dtype: 'F32', shape: [2], data: new Float32Array([Number.NaN, Number.POSITIVE_INFINITY]) },
      I64: { dtype: 'I64', shape: [1], data: new BigInt64Array([-(2n ** 63n)]) },
      U64: { dtype: 'U64', shape: [1], data: new BigUint64Array([2n ** 64n - 1n]) },
      I32: { dtype: 'I32', shape: [1], data: new Int32Array([-(2 ** 31)]) },
      U32: { dtype: 'U32', shape: [1], data: new Uint32Array([2 ** 32 - 1]) },
      I16: { dtype: 'I16', shape: [1], data: new Int16Array([-32768]) },
      U16: { dtype: 'U16', shape: [1], data: new Uint16Array([65535]) },
      I8: { dtype: 'I8', shape: [1], data: new Int8Array([-128]) },
      U8: { dtype: 'U8', shape: [1], data: new Uint8Array([255]) },
      BOOL: { dtype: 'BOOL', shape: [2], data: new Uint8Array([0, 1]) },
    };
    const opened = await open(await write(values));
    for (const [name, { data }] of Object.entries(values)) assert.deepEqual(await opened.read(name), data, name);
  });

  for (const dtype of ['F16', 'BF16'] as const) {
    it(`keeps all 65,536 patterns of ${dtype} through reading and writing`, async () => {
      const patterns = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
      const raw = file(one('a', dtype, '[65536]', '[0,131072]'), 131072);
      raw.set(new Uint8Array(patterns.buffer), raw.length - 131072);
      const values = await (await open(raw)).readFloat32('a');
      const rewritten = await (await open(await write({ a: { dtype, shape: [65536], data: values } }))).readRaw('a');
      const again = new Uint16Array(rewritten.buffer);
      for (const bits of patterns) {
        if (Number.isNaN(values[bits])) assert.ok(Number.isNaN(values[again[bits] as number]), `NaN ${bits}`);
        else assert.equal(again[bits], bits);
      }
    });
  }

  it('rounds to F16 as IEEE 754 says', async () => {
    const cases: [value: number, rounded: number][] = [
      [1, 1],
      [1 + 2 ** -11, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9],
      [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
      [65504, 65504],
      [65519.996, 65504],
      [65520, Number.POSITIVE_INFINITY],
      [-1e9, Number.NEGATIVE_INFINITY],
      [2 ** -24, 2 ** -24],
      [2 ** -25, 0],
      [2 ** -25 * 1.01, 2 ** -24],
      [1.5 * 2 ** -24, 2 ** -23],
      [2 ** -14 - 2 ** -26, 2 ** -14],
      [2 ** -26, 0],
    ];
    const data = Float32Array.from(cases, ([value]) => value);
    const opened = await open(await write({ a: { dtype: 'F16', shape: [data.length], data } }));
    assert.deepEqual(
      [...(await opened.readFloat32('a'))],
      cases.map(([, rounded]) => rounded),
    );
  });

  it('rounds to BF16 to the nearest, ties to even', async () => {
    const cases: [value: number, rounded: number][] = [
      [1, 1],
      [1 + 2 ** -8, 1],
      [1 + 3 * 2 ** -8, 1 + 2 ** -6],
      [3.4e38, Number.POSITIVE_INFINITY],
      [-1 - 2 ** -8 - 2 ** -20, -1 - 2 ** -7],
    ];
    const data = Float32Array.from(cases, ([value]) => value);
    const opened = await open(await write({ a: { dtype: 'BF16', shape: [data.length], data } }));
    assert.deepEqual(
      [...(await opened.readFloat32('a'))],
      cases.map(([, rounded]) => rounded),
    );
  });

  it('asks for lazily given values when their turn comes', async () => {
    const asked: string[] = [];
    const lazy = (name: string): TensorData => ({
      dtype: 'F32',
      shape: [1],
      data: async () => {
        asked.push(name);
        return new Float32Array([1]);
      },
    });
    const chunks = encodeSafetensors(
      new Map([
        ['b', lazy('b')],
        ['a', lazy('a')],
      ]),
    );
    await chunks.next();
    assert.deepEqual(asked, []);
    await chunks.next();
    assert.deepEqual(asked, ['a']);
  });

  it('refuses what a reader would refuse', async () => {
    const data = new Float32Array(1);
    const bad: [Record<string, TensorData>, SafetensorsErrorCode][] = [
      [{ '': { dtype: 'F32', shape: [1], data } }, 'EmptyTensorName'],
      [{ 'a\0': { dtype: 'F32', shape: [1], data } }, 'ControlCharacter'],
      [{ '\ud800': { dtype: 'F32', shape: [1], data } }, 'InvalidHeader'],
      [{ __metadata__: { dtype: 'F32', shape: [1], data } }, 'TensorInvalidInfo'],
      [{ a: { dtype: 'F32', shape: [2], data } }, 'InvalidTensorView'],
      [{ a: { dtype: 'I32', shape: [1], data } }, 'InvalidTensorView'],
      [{ a: { dtype: 'F32', shape: [-1], data } }, 'TensorInvalidInfo'],
      [{ a: { dtype: 'F8_E4M3', shape: [1], data } }, 'UndecodedDtype'],
    ];
    for (const [tensors, code] of bad) {
      await assert.rejects(write(tensors), (error) => error instanceof SafetensorsError && error.code === code, code);
    }
  });

  it('gives files that its reader opens, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.array(fc.float())),
        async (named) => {
          const names = Object.keys(named).filter((name) => !/\p{Cc}/u.test(name) && name !== '__metadata__');
          const tensors = new Map(names.map((name) => [name, Float32Array.from(named[name] ?? [])]));
          const entries = [...tensors].map(
            ([name, data]) => [name, { dtype: 'F32', shape: [data.length], data }] as const,
          );
          const chunks: Uint8Array[] = [];
          for await (const chunk of encodeSafetensors(new Map(entries))) chunks.push(chunk);
          const opened = await open(new Uint8Array(Buffer.concat(chunks)));
          for (const [name, data] of tensors) assert.deepEqual(await opened.read(name), data);
        },
      ),
      { numRuns: 100 },
    );
  });
});
