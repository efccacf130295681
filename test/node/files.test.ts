import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource, writeFileAtomically, writeFilesAtomically } from '../../src/node/files.ts';
import { openSafetensors } from '../../src/weights/safetensors.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function* failing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10);
  throw new Error('the power is gone');
}

describe('writeFileAtomically()', () => {
  it('writes a text and chunks', async () => {
    await writeFileAtomically(join(directory, 'a'), 'é');
    await writeFileAtomically(join(directory, 'b'), [new Uint8Array([1]), new Uint8Array([2, 3])]);
    assert.deepEqual(await readFile(join(directory, 'a'), 'utf8'), 'é');
    assert.deepEqual([...(await readFile(join(directory, 'b')))], [1, 2, 3]);
  });

  it('leaves the old file and no temporary where it fails', async () => {
    const path = join(directory, 'a');
    await writeFile(path, 'old');
    await assert.rejects(writeFileAtomically(path, failing()), /power is gone/);
    assert.equal(await readFile(path, 'utf8'), 'old');
    assert.deepEqual(await readdir(directory), ['a']);
  });

  it('replaces none of several files where one fails', async () => {
    await writeFile(join(directory, 'a'), 'old');
    const files: [string, string | AsyncIterable<Uint8Array>][] = [
      ['a', 'new'],
      ['b', failing()],
    ];
    await assert.rejects(writeFilesAtomically(directory, files), /power is gone/);
    assert.equal(await readFile(join(directory, 'a'), 'utf8'), 'old');
    assert.deepEqual(await readdir(directory), ['a']);
  });
});

describe('fileSource()', () => {
  /** A sparse file: 1.5 GiB of zeros, a tensor across the 2 GiB line, one beyond 4 GiB; it takes hardly any disk. */
  it('reads tensors beyond 2 and 4 GiB', async () => {
    const gap = 1.25 * 2 ** 30;
    const [edge, far] = [2 ** 31 - 200, 4.5 * 2 ** 30];
    const size = far + 8;
    const header = JSON.stringify({
      zeros: { dtype: 'U8', shape: [edge], data_offsets: [0, edge] },
      across: { dtype: 'F32', shape: [100], data_offsets: [edge, edge + 400] },
      more: { dtype: 'U8', shape: [far - edge - 400], data_offsets: [edge + 400, far] },
      far: { dtype: 'F64', shape: [1], data_offsets: [far, size] },
    });
    const path = join(directory, 'large.safetensors');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await writeFile(path, Buffer.concat([length, Buffer.from(header)]));
    const start = 8 + header.length;
    await truncate(path, start + size);
    const handle = await open(path, 'r+');
    await handle.write(Buffer.from(Float32Array.from({ length: 100 }, (_, i) => i).buffer), 0, 400, start + edge);
    await handle.write(Buffer.from(new Float64Array([0.1]).buffer), 0, 8, start + far);
    await handle.close();
    const file = await openSafetensors(await fileSource(path));
    assert.deepEqual(await file.read('far'), new Float64Array([0.1]));
    assert.deepEqual(
      await file.read('across'),
      Float32Array.from({ length: 100 }, (_, i) => i),
    );
    assert.ok(edge > gap);
    await file.close();
  });

  it('says when a file ends early, and when there is none', async () => {
    const path = join(directory, 'a');
    await writeFile(path, 'abcdef');
    const source = await fileSource(path);
    await truncate(path, 3);
    await assert.rejects(source.read(0, 6), /ends at byte 3, 3 bytes early; it may have changed/);
    await source.close?.();
    await assert.rejects(fileSource(join(directory, 'b')), /ENOENT/);
    await assert.rejects(fileSource(directory), /not a file/);
  });
});
