import assert from 'node:assert/strict';
import {
  type ByteSource,
  blobSource,
  bufferSource,
  type Dtype,
  encodeSafetensors,
  openSafetensors,
  SafetensorsError,
  type SafetensorsErrorCode,
} from '../../src/weights/safetensors.ts';
import { badFiles, entry, fileBytes, goodFiles } from './safetensors-cases.ts';
import { byteMutants, silenced } from './safetensors-mutants.ts';

/** A source that notes what is read, and fails the test when that is more than the file holds. */
function countingSource(bytes: Uint8Array): ByteSource & { reads: [offset: number, length: number][]; closed: number } {
  const source = bufferSource(bytes);
  const counting = {
    size: source.size,
    reads: [] as [number, number][],
    closed: 0,
    read: (offset: number, length: number) => {
      assert.ok(offset + length <= bytes.length, 'reads within the file');
      counting.reads.push([offset, length]);
      return source.read(offset, length);
    },
    close: async () => {
      counting.closed++;
    },
  };
  return counting;
}

function hasCode(code: SafetensorsErrorCode, message = /^Cannot /): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof SafetensorsError && error instanceof SyntaxError);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

const oneTensor = (dtype: Dtype, shape: number[], data: Uint8Array) =>
  fileBytes(`{${entry('a', dtype, JSON.stringify(shape), `[0,${data.length}]`)}}`, data);

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('openSafetensors() on bad files', () => {
  for (const { id, what, bytes, code } of badFiles) {
    it(`refuses ${id}: ${what}`, async () => {
      const source = countingSource(bytes);
      await assert.rejects(openSafetensors(source), hasCode(code));
      const read = source.reads.reduce((sum, [, length]) => sum + length, 0);
      assert.ok(read <= bytes.length, `read ${read} of ${bytes.length} bytes`);
      assert.equal(source.closed, 1);
    });
  }

  it('says what a foreign file looks like', async () => {
    const startsWith = (text: string) => openSafetensors(bufferSource(new TextEncoder().encode(text)));
    await assert.rejects(
      startsWith('version https://git-lfs.github.com/spec/v1\n'),
      hasCode('HeaderTooLarge', /git lfs pull/),
    );
    await assert.rejects(startsWith('PK\x03\x04\0\0\x08\x08\0\0'), hasCode('HeaderTooLarge', /PyTorch .pt/));
    await assert.rejects(startsWith('<!DOCTYPE html>'), hasCode('HeaderTooLarge', /web page/));
  });

  it('says how many bytes a truncated file lacks', async () => {
    const whole = oneTensor('F32', [100], new Uint8Array(400));
    const cut = (length: number) => openSafetensors(bufferSource(whole.slice(0, length)));
    await assert.rejects(
      cut(whole.length - 150),
      hasCode('MetadataIncompleteBuffer', /the last 150 bytes are missing; download it again/),
    );
    await assert.rejects(cut(20), hasCode('InvalidHeaderLength', /at least \d+ bytes are missing; download it again/));
  });

  it('throws nothing but SafetensorsError for 3,000 mutants of a file', async () => {
    const tensors = new Map([
      ['visual.proj', { dtype: 'F16', shape: [2, 3], data: new Float32Array(6) } as const],
      ['logit_scale', { dtype: 'F32', shape: [], data: new Float32Array(1) } as const],
      ['mask', { dtype: 'BOOL', shape: [0, 2], data: new Uint8Array(0) } as const],
    ]);
    const bytes = await encoded(encodeSafetensors(tensors, new Map([['format', 'pt']])));
    let accepted = 0;
    await silenced(async () => {
      for (const mutant of byteMutants(bytes, 3000, 20_210_226)) {
        try {
          const file = await openSafetensors(countingSource(mutant));
          for (const name of file.tensors.keys()) await file.readRaw(name);
          accepted++;
        } catch (error) {
          if (!(error instanceof SafetensorsError)) throw error;
        }
      }
    });
    assert.ok(accepted > 30 && accepted < 2970, `${accepted} of 3000 accepted`);
  });
});

async function encoded(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return new Uint8Array(Buffer.concat(parts));
}

describe('openSafetensors() on good files', () => {
  for (const { what, bytes, names } of goodFiles) {
    it(`accepts ${what}`, async () => {
      await silenced(async () => {
        const file = await openSafetensors(bufferSource(bytes));
        assert.deepEqual([...file.tensors.keys()], names);
      });
    });
  }

  it('announces unknown keys once', async () => {
    const header = '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"strides":[1],"device":"cpu"}}';
    const warnings = await silenced(async () => void (await openSafetensors(bufferSource(fileBytes(header)))));
    assert.deepEqual(warnings, [
      'safetensors: ignored keys of tensors that the format does not know; the first is \'a\': "strides"',
    ]);
  });

  it('gives tensors and metadata as the header has them', async () => {
    const header = `{"__metadata__":{"format":"pt"},${entry('b', 'I8', '[3]', '[2,5]')},${entry('a', 'F16', '[]', '[0,2]')}}`;
    const { tensors, metadata } = await openSafetensors(bufferSource(fileBytes(header, 'vwxyz')));
    assert.deepEqual(
      [...tensors.values()],
      [
        { name: 'b', dtype: 'I8', shape: [3], begin: 2, end: 5 },
        { name: 'a', dtype: 'F16', shape: [], begin: 0, end: 2 },
      ],
    );
    assert.deepEqual([...metadata], [['format', 'pt']]);
  });

  it('reads the header only, then each tensor alone', async () => {
    const header = `{${entry('a', 'F32', '[2]', '[0,8]')},${entry('b', 'U8', '[3]', '[8,11]')}}`;
    const source = countingSource(fileBytes(header, new Uint8Array(11)));
    const file = await openSafetensors(source);
    assert.deepEqual(source.reads, [
      [0, 8],
      [8, header.length],
    ]);
    await file.readRaw('b');
    assert.deepEqual(source.reads[2], [8 + header.length + 8, 3]);
    assert.equal(source.reads.length, 3);
    await assert.rejects(
      file.readFloat32('b'),
      hasCode('UnsupportedDtype', /^Cannot read tensor 'b' as float32: expected dtype F32/),
    );
    assert.equal(source.reads.length, 3);
    await file.close();
    assert.equal(source.closed, 1);
  });

  it('reads F32 as a view of the bytes that the source gave', async () => {
    const given: ArrayBuffer[] = [];
    const source = bufferSource(oneTensor('F32', [2], new Uint8Array(8)));
    const read = async (offset: number, length: number) => {
      const bytes = await source.read(offset, length);
      given.push(bytes.buffer);
      return bytes;
    };
    const file = await openSafetensors({ size: source.size, read });
    assert.equal((await file.readFloat32('a')).buffer, given.at(-1));
  });

  it('refuses tensors that are not there, and dtypes that it does not decode', async () => {
    const file = await openSafetensors(bufferSource(oneTensor('F8_E4M3', [2], Uint8Array.of(1, 2))));
    const undecoded =
      /^Cannot read tensor 'a': dtype F8_E4M3 is not decoded \(decoded are BOOL .*U64\); read its bytes with readRaw$/;
    await assert.rejects(file.read('a'), hasCode('UnsupportedDtype', undecoded));
    assert.deepEqual(await file.readRaw('a'), Uint8Array.of(1, 2));
    for (const read of [file.read, file.readRaw, file.readFloat32]) {
      await assert.rejects(read('visual.proj'), hasCode('TensorNotFound', /'visual.proj'/));
    }
  });

  const values: [Dtype, ArrayBufferView, unknown][] = [
    ['BOOL', Uint8Array.of(0, 1, 7), Uint8Array.of(0, 1, 1)],
    ['U8', Uint8Array.of(0, 255), Uint8Array.of(0, 255)],
    ['I8', Uint8Array.of(0x80, 0x7f), Int8Array.of(-128, 127)],
    ['I16', Uint8Array.of(0x00, 0x80), Int16Array.of(-32768)],
    ['U16', Uint8Array.of(0x34, 0x12), Uint16Array.of(0x1234)],
    ['F16', Uint8Array.of(0x00, 0x3c, 0x00, 0xc0), Float32Array.of(1, -2)],
    ['BF16', Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), Float32Array.of(1, -2)],
    ['I32', Uint8Array.of(0xfe, 0xff, 0xff, 0xff), Int32Array.of(-2)],
    ['U32', Uint8Array.of(0xfe, 0xff, 0xff, 0xff), Uint32Array.of(4_294_967_294)],
    ['F32', Uint8Array.of(0x00, 0x00, 0x80, 0x3f), Float32Array.of(1)],
    ['F64', Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f), Float64Array.of(1)],
    ['I64', Uint8Array.of(0xfe, 255, 255, 255, 255, 255, 255, 255), BigInt64Array.of(-2n)],
    ['U64', Uint8Array.of(0xfe, 255, 255, 255, 255, 255, 255, 255), BigUint64Array.of(2n ** 64n - 2n)],
  ];
  for (const [dtype, data, expected] of values) {
    it(`decodes ${dtype}`, async () => {
      const decoded = expected as Float32Array;
      const file = await openSafetensors(bufferSource(oneTensor(dtype, [decoded.length], bytesOf(data))));
      assert.deepEqual(await file.read('a'), expected);
      assert.deepEqual(await file.readRaw('a'), bytesOf(data));
    });
  }

  it('rounds F64 for readFloat32', async () => {
    const file = await openSafetensors(bufferSource(oneTensor('F64', [2], bytesOf(Float64Array.of(0.1, 1e300)))));
    assert.deepEqual(await file.readFloat32('a'), Float32Array.of(Math.fround(0.1), Number.POSITIVE_INFINITY));
  });
});

describe('byte sources', () => {
  const bytes = oneTensor('F32', [2], bytesOf(Float32Array.of(1.5, -3)));
  const sources: [string, () => ByteSource][] = [
    ['an ArrayBuffer', () => bufferSource(bytes.buffer)],
    [
      'a Uint8Array inside a buffer',
      () => bufferSource(new Uint8Array([9, 9, 9, ...bytes, 9]).subarray(3, 3 + bytes.length)),
    ],
    ["Node's Buffer, whose slice() is a view", () => bufferSource(Buffer.from(bytes))],
    ['a Blob', () => blobSource(new Blob([bytes]))],
  ];
  for (const [what, source] of sources) {
    it(`reads ${what}`, async () => {
      const file = await openSafetensors(source());
      assert.deepEqual(await file.readFloat32('a'), Float32Array.of(1.5, -3));
      (await file.readFloat32('a'))[0] = 7;
      assert.equal((await file.readFloat32('a'))[0], 1.5, 'each read is a fresh copy');
      await file.close();
    });
  }

  it('refuses a source that gives too little or a view', async () => {
    const { size, read } = bufferSource(bytes);
    const short = { size, read: async (offset: number, length: number) => (await read(offset, length)).slice(1) };
    await assert.rejects(openSafetensors(short), /expected 8 bytes but the source gave 7/);
    const view = { size, read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) };
    await assert.rejects(openSafetensors(view), /must give a fresh buffer/);
  });
});
