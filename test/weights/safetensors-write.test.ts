import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  bufferSource,
  type Dtype,
  encodeSafetensors,
  openSafetensors,
  SafetensorsError,
  type SafetensorsErrorCode,
  type TensorData,
} from '../../src/weights/safetensors.ts';

type Tensors = Record<string, TensorData>;

async function encode(tensors: Tensors, metadata?: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const piece of encodeSafetensors(new Map(Object.entries(tensors)), metadata)) parts.push(piece.slice());
  return new Uint8Array(Buffer.concat(parts));
}

const headerOf = (bytes: Uint8Array<ArrayBuffer>) =>
  new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))));

describe('encodeSafetensors()', () => {
  it('writes the bytes that Python writes', async () => {
    // safetensors 0.8.0: safetensors.numpy.save with these names, dtypes and metadata;
    // its order of metadata keys is random, ours sorted
    const bytes = await encode(
      {
        b: { dtype: 'F16', shape: [1], data: new Float32Array(1) },
        a: { dtype: 'I8', shape: [3], data: new Int8Array(3) },
        c: { dtype: 'F32', shape: [], data: new Float32Array(1) },
        A: { dtype: 'I64', shape: [1], data: new BigInt64Array(1) },
        '😀': { dtype: 'U8', shape: [1], data: new Uint8Array(1) },
        Ａ: { dtype: 'U8', shape: [1], data: new Uint8Array(1) },
      },
      new Map([
        ['z', 'é\n\x01'],
        ['y', '/\x7f\u2028\b'],
        ['a', '1'],
      ]),
    );
    const header =
      '{"__metadata__":{"a":"1","y":"/\x7f\u2028\\b","z":"é\\n\\u0001"},"A":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
      '"c":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F16","shape":[1],"data_offsets":[12,14]},' +
      '"a":{"dtype":"I8","shape":[3],"data_offsets":[14,17]},"Ａ":{"dtype":"U8","shape":[1],"data_offsets":[17,18]},' +
      '"😀":{"dtype":"U8","shape":[1],"data_offsets":[18,19]}}       ';
    assert.equal(headerOf(bytes), header);
    assert.equal(bytes.length, 8 + 0x188 + 19);
  });

  it('writes a golden file again, byte for byte', async () => {
    const original = new Uint8Array(await readFile('test/goldens/models/hf-vit-bf16/model.safetensors'));
    const file = await openSafetensors(bufferSource(original));
    for (const read of [file.read, file.readRaw]) {
      const tensors: Tensors = {};
      for (const { name, dtype, shape } of file.tensors.values())
        tensors[name] = { dtype, shape, data: () => read(name) };
      assert.ok(Buffer.from(original).equals(await encode(tensors, file.metadata)));
    }
  });

  it('writes no metadata, empty metadata, no tensors', async () => {
    assert.equal(headerOf(await encode({})), '{}      ');
    assert.equal(headerOf(await encode({}, new Map())), '{"__metadata__":{}}     ');
  });

  const values: [Dtype, TensorData['data'], shape: number[]][] = [
    ['BOOL', Uint8Array.of(0, 1), [2]],
    ['U8', Uint8Array.of(0, 255), [2, 1]],
    ['I8', Int8Array.of(-128, 127), [2]],
    ['I16', Int16Array.of(-32768, 32767), [2]],
    ['U16', Uint16Array.of(0, 65535), [2]],
    ['F16', Float32Array.of(-0, 65504), [2]],
    ['BF16', Float32Array.of(1, Number.NaN), [2]],
    ['I32', Int32Array.of(-1), []],
    ['U32', Uint32Array.of(4_294_967_295), []],
    ['F32', Float32Array.of(Number.NaN, -0, 1e-45), [3]],
    ['F64', new Float64Array(0), [0, 5]],
    ['I64', BigInt64Array.of(-(2n ** 63n)), [1]],
    ['U64', BigUint64Array.of(2n ** 64n - 1n), [1]],
  ];
  for (const [dtype, data, shape] of values) {
    it(`gives back ${dtype}`, async () => {
      const file = await openSafetensors(bufferSource(await encode({ a: { dtype, shape, data } })));
      assert.deepEqual(file.tensors.get('a')?.shape, shape);
      assert.deepEqual(await file.read('a'), data);
    });
  }

  const undecoded: Dtype[] = [
    'F4',
    'F6_E2M3',
    'F6_E3M2',
    'F8_E5M2',
    'F8_E4M3',
    'F8_E8M0',
    'F8_E4M3FNUZ',
    'F8_E5M2FNUZ',
    'C64',
  ];
  for (const dtype of undecoded) {
    it(`gives back the bytes of ${dtype}`, async () => {
      const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255, 0, 0, 0, 128, 1, 1, 1, 1, 1, 1, 1, 1);
      const bits = { F4: 4, F6_E2M3: 6, F6_E3M2: 6, C64: 64 }[dtype as string] ?? 8;
      const file = await openSafetensors(
        bufferSource(await encode({ a: { dtype, shape: [(data.length * 8) / bits], data } })),
      );
      assert.deepEqual(await file.readRaw('a'), data);
    });
  }

  it('aligns every tensor to its element', async () => {
    const tensors: Tensors = {};
    values.forEach(([dtype, data, shape], i) => {
      tensors[`t${i}`] = { dtype, shape, data };
    });
    const bytes = await encode(tensors, new Map([['odd', 'length']]));
    const start = 8 + headerOf(bytes).length;
    const { tensors: infos } = await openSafetensors(bufferSource(bytes));
    for (const { dtype, begin } of infos.values()) {
      const size = Number(dtype.replace(/\D+/, '') || 8) / 8;
      assert.equal((start + begin) % size, 0, dtype);
    }
  });

  it('asks for lazy data one tensor at a time, in the order of the file', async () => {
    const events: string[] = [];
    const lazy = (name: string): TensorData => ({
      dtype: 'F32',
      shape: [1],
      data: async () => {
        events.push(`make ${name}`);
        return Float32Array.of(1);
      },
    });
    const tensors = new Map([
      ['b', lazy('b')],
      ['a', lazy('a')],
    ]);
    for await (const piece of encodeSafetensors(tensors)) events.push(`${piece.length} bytes`);
    assert.deepEqual(events, ['120 bytes', 'make a', '4 bytes', 'make b', '4 bytes']);
  });

  it('splits large tensors', async () => {
    const data = new Float32Array(2 ** 21 + 1).fill(1 / 3);
    const sizes = async (dtype: 'F32' | 'F16') => {
      const pieces: number[] = [];
      for await (const piece of encodeSafetensors(new Map([['a', { dtype, shape: [data.length], data }]])))
        pieces.push(piece.length);
      return pieces.slice(1);
    };
    assert.deepEqual(await sizes('F32'), [2 ** 22, 2 ** 22, 4]);
    assert.deepEqual(await sizes('F16'), [2 ** 21, 2 ** 21, 2]);
  });

  const tensor = (changes: Partial<TensorData>): TensorData => ({
    dtype: 'F32',
    shape: [1],
    data: new Float32Array(1),
    ...changes,
  });
  const refused: [what: string, Tensors, SafetensorsErrorCode, RegExp, metadata?: ReadonlyMap<string, string>][] = [
    ['an empty name', { '': tensor({}) }, 'EmptyTensorName', /^Cannot write tensor "": /],
    ['a control character in a name', { 'a\t': tensor({}) }, 'ControlCharacterInName', /"a\\t"/],
    ['the name __metadata__', { __metadata__: tensor({}) }, 'InvalidHeaderDeserialization', /reserved/],
    ['half a surrogate pair in a name', { 'a\ud800': tensor({}) }, 'InvalidHeader', /surrogate/],
    ['half a surrogate pair in metadata', {}, 'InvalidHeader', /well-formed/, new Map([['a', '\udc00']])],
    ['metadata that is no text', {}, 'InvalidHeader', /got 1$/, new Map([['a', 1 as unknown as string]])],
    ['an unknown dtype', { a: tensor({ dtype: 'f32' as Dtype }) }, 'InvalidHeaderDeserialization', /"f32" is unknown/],
    ['a fractional size', { a: tensor({ shape: [1.5] }) }, 'InvalidHeaderDeserialization', /\[1.5\]/],
    ['a negative size', { a: tensor({ shape: [-1] }) }, 'InvalidHeaderDeserialization', /\[-1\]/],
    ['a shape beyond 64 bits', { a: tensor({ shape: [2 ** 40, 2 ** 40] }) }, 'ValidationOverflow', /64 bits/],
    ['a file beyond 2 ** 53 bytes', { a: tensor({ shape: [2 ** 52] }) }, 'IntegerTooLarge', /2 \*\* 53/],
    ['half a byte', { a: tensor({ dtype: 'F4' }) }, 'MisalignedSlice', /4 bits/],
    [
      'too few values',
      { a: tensor({ shape: [2] }) },
      'InvalidTensorView',
      /expected 8 bytes for its dtype and shape but got 4/,
    ],
    [
      'too many values to round',
      { a: tensor({ dtype: 'BF16', shape: [], data: new Float32Array(2) }) },
      'InvalidTensorView',
      /expected 2 bytes .* got 4/,
    ],
    [
      'the wrong array',
      { a: tensor({ data: new Int32Array(1) }) },
      'InvalidTensorView',
      /expected a Float32Array or its bytes for F32 but got a Int32Array/,
    ],
    [
      'a header above 100,000,000 bytes',
      {},
      'HeaderTooLarge',
      /more than 100000000/,
      new Map([['a', 'x'.repeat(1e8)]]),
    ],
  ];
  for (const [what, tensors, code, message, metadata] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(encode(tensors, metadata), (error) => {
        assert.ok(error instanceof SafetensorsError);
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
