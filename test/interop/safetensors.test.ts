import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  bufferSource,
  openSafetensors,
  SafetensorsError,
  type SafetensorsErrorCode,
} from '../../src/weights/safetensors.ts';
import { roundToBfloat16, roundToFloat16 } from '../../src/weights/safetensors-halves.ts';
import { badFiles, goodFiles } from '../weights/safetensors-cases.ts';
import { randomFrom, silenced } from '../weights/safetensors-mutants.ts';
import { runPython } from './python.ts';
import { encodeWhole, everyDtype, structuredMutants } from './safetensors-mutants.ts';

/** An error's code, or the tensors: { name: [dtype, shape, crc32 of the bytes] }. */
type Verdict = string | Record<string, [dtype: string, shape: number[], crc: number]>;
type PythonFile = {
  metadata: Record<string, string> | null;
  tensors: Record<string, { dtype: string; shape: number[]; values: string }>;
};

/** What we refuse and the reference accepts: docs/safetensors.md. */
const stricter: readonly SafetensorsErrorCode[] = [
  'DuplicateTensorName',
  'DuplicateMetadataKey',
  'NullMetadata',
  'EmptyTensorName',
  'ControlCharacterInName',
  'IntegerTooLarge',
  'AlternateForm',
];

async function ourVerdict(bytes: Uint8Array): Promise<Verdict> {
  try {
    const file = await openSafetensors(bufferSource(bytes));
    const tensors: Exclude<Verdict, string> = Object.create(null);
    for (const { name, dtype, shape } of file.tensors.values())
      tensors[name] = [dtype, [...shape], crc32(await file.readRaw(name))];
    return tensors;
  } catch (error) {
    if (error instanceof SafetensorsError) return error.code;
    throw error;
  }
}

/** Whether two tensors have the same offsets: which of them the reference then checks first is left to its hash map's random order. */
function haveEqualOffsets(bytes: Uint8Array): boolean {
  const offsets =
    Buffer.from(bytes)
      .toString('latin1')
      .match(/"data_offsets":\[\d+,\d+\]/g) ?? [];
  return new Set(offsets).size < offsets.length;
}

const hex = (array: ArrayBufferView) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');

describe('safetensors and its reference implementation', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-safetensors-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function pythonVerdicts(files: readonly Uint8Array[]): Verdict[] {
    const path = join(folder, 'files');
    const parts = files.flatMap((bytes) => [new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes]);
    writeFileSync(path, Buffer.concat(parts));
    return JSON.parse(runPython('safetensors_cases.py', 'verdicts', path));
  }

  it('agrees on the table of bad files and on the good ones', async () => {
    const bad = pythonVerdicts(badFiles.map(({ bytes }) => bytes));
    badFiles.forEach(({ id, reference }, i) => {
      assert.equal(typeof bad[i] === 'string' ? bad[i] : 'accepts', reference, `case ${id}`);
    });
    const good = pythonVerdicts(goodFiles.map(({ bytes }) => bytes));
    await silenced(async () => {
      for (const [i, { what, bytes }] of goodFiles.entries())
        assert.deepEqual({ ...((await ourVerdict(bytes)) as object) }, good[i], what);
    });
  });

  it('agrees on 20,000 mutants, but for what we refuse on purpose', async () => {
    const mutants = [...structuredMutants(20_000, 42)];
    const references = pythonVerdicts(mutants);
    const counts: Record<string, number> = {};
    const count = (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    };
    await silenced(async () => {
      for (const [i, mutant] of mutants.entries()) {
        const ours = await ourVerdict(mutant);
        const theirs = references[i]!;
        const text = () =>
          `mutant ${i}: ${JSON.stringify(Buffer.from(mutant).toString('latin1'))}\nours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(theirs)}`;
        if (typeof ours === 'object') {
          assert.deepEqual({ ...ours }, theirs, text());
          count('both accept');
        } else if (typeof theirs === 'object') {
          assert.ok(stricter.includes(ours as SafetensorsErrorCode), text());
          count(`stricter: ${ours}`);
        } else if (stricter.includes(ours as SafetensorsErrorCode)) count('both refuse, our reason is a stricter rule');
        else if (ours === theirs) count('both refuse, same code');
        else {
          assert.ok(haveEqualOffsets(mutant), text());
          count('both refuse, other code: tensors of equal offsets');
        }
      }
    });
    console.log(counts);
    for (const code of stricter) assert.ok(counts[`stricter: ${code}`], `no mutant for ${code}`);
  });

  it('writes what Python reads, for every dtype', async () => {
    const path = join(folder, 'ours.safetensors');
    const tensors = everyDtype(7);
    const metadata = new Map([
      ['format', 'pt'],
      ['é\n', '"\\/\u2028\x01'],
    ]);
    writeFileSync(path, await encodeWhole(tensors, metadata));
    const python: PythonFile = JSON.parse(runPython('safetensors_cases.py', 'read', path));
    assert.deepEqual(python.metadata, Object.fromEntries(metadata));
    assert.deepEqual(Object.keys(python.tensors).sort(), [...tensors.keys()].sort());
    for (const [name, { dtype, shape, data }] of tensors) {
      assert.deepEqual(python.tensors[name], { dtype, shape, values: hex(data as Uint8Array) });
    }
  });

  it('reads what Python writes, and writes it again byte for byte', async () => {
    const python: { numpy: PythonFile; torch: PythonFile; widened: Record<string, string> } = JSON.parse(
      runPython('safetensors_cases.py', 'write', folder),
    );
    for (const library of ['numpy', 'torch'] as const) {
      const bytes = readFileSync(join(folder, `${library}.safetensors`));
      const file = await openSafetensors(bufferSource(bytes));
      assert.deepEqual(Object.fromEntries(file.metadata), python[library].metadata ?? {});
      for (const [name, { dtype, shape, values }] of Object.entries(python[library].tensors)) {
        const info = file.tensors.get(name)!;
        assert.deepEqual([info.dtype, info.shape, hex(await file.readRaw(name))], [dtype, shape, values], name);
      }
      const lazy = [...file.tensors.values()].map(
        ({ name, dtype, shape }) => [name, { dtype, shape, data: () => file.readRaw(name) }] as const,
      );
      const again = await encodeWhole(new Map(lazy), file.metadata.size ? file.metadata : undefined);
      assert.ok(again.equals(bytes), `${library}: our bytes differ`);
      if (library === 'numpy') continue;
      for (const [name, widened] of Object.entries(python.widened))
        assertSameFloats(await file.readFloat32(name), widened);
    }
  });

  it('rounds 2 ** 20 float32 patterns to F16 and BF16 as torch does', () => {
    const random = randomFrom(3);
    // Every second value near the range of F16, where ties, subnormals and overflow are
    const bits = Uint32Array.from({ length: 2 ** 20 }, (_, i) =>
      i % 2
        ? random(2 ** 32)
        : ((random(2) << 31) | ((100 + random(45)) << 23) | (random(2 ** 11) << 12) | random(3)) >>> 0,
    );
    const values = new Float32Array(bits.buffer);
    const path = join(folder, 'values');
    writeFileSync(path, bits);
    const [f16, bf16] = JSON.parse(runPython('safetensors_cases.py', 'round', path)) as [string, string];
    for (const [ours, theirs, infinity] of [
      [roundToFloat16(values), f16, 0x7c00],
      [roundToBfloat16(values), bf16, 0x7f80],
    ] as const) {
      const expected = new Uint16Array(new Uint8Array(Buffer.from(theirs, 'hex')).buffer);
      for (let i = 0; i < ours.length; i++) {
        if (ours[i] === expected[i]) continue;
        // Only NaNs may differ, in the payload, which torch drops or keeps depending on the processor
        const bothNaN = (ours[i]! & 0x7fff) > infinity && (expected[i]! & 0x7fff) > infinity;
        assert.ok(
          bothNaN,
          `${bits[i]!.toString(16)}: ours ${ours[i]!.toString(16)}, torch ${expected[i]!.toString(16)}`,
        );
      }
    }
  });
});

function assertSameFloats(ours: Float32Array, theirsHex: string): void {
  const theirs = new Float32Array(new Uint8Array(Buffer.from(theirsHex, 'hex')).buffer);
  assert.equal(ours.length, theirs.length);
  for (let i = 0; i < ours.length; i++)
    if (!Object.is(ours[i], theirs[i])) assert.fail(`pattern ${i}: ours ${ours[i]}, torch ${theirs[i]}`);
}
