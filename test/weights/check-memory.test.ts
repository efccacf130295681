import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureConfig } from '../../src/config.ts';
import { loadClip, useBackend } from '../../src/node.ts';
import { parameterShapes } from '../../src/parameters.ts';
import { outputFirstShape } from '../../src/weights/axes.ts';
import { loadModel } from '../../src/weights/load.ts';
import { openaiNames } from '../../src/weights/openai.ts';
import { encodeHeader } from '../../src/weights/safetensors-write-header.ts';

/** What a published model's file in OpenAI's layout begins with, and how long it is. */
function headerOf(name: string): { header: Uint8Array; size: number } {
  const tensors: [string, { dtype: 'F32'; shape: readonly number[] }][] = [];
  let bytes = 0;
  for (const [parameter, shape] of parameterShapes(architectureConfig(name, 'gelu'))) {
    const { keys, outputFirst } = openaiNames(parameter);
    tensors.push([keys[0] as string, { dtype: 'F32', shape: outputFirst ? outputFirstShape(shape) : shape }]);
    bytes += 4 * shape.reduce((size, extent) => size * extent, 1);
  }
  const header = encodeHeader(tensors);
  return { header, size: header.length + bytes };
}

/** Bytes that this process has read so far; 0 where the system does not tell. */
async function bytesRead(): Promise<number> {
  const text = await readFile('/proc/self/io', 'utf8').catch(() => '');
  return Number(/rchar: (\d+)/.exec(text)?.[1] ?? 0);
}

/** Such a file whose weights must not be read. */
function headerAlone(name: string) {
  const { header, size } = headerOf(name);
  const read = async (offset: number, length: number) => {
    assert.ok(offset + length <= header.length, 'weights were read');
    return header.slice(offset, offset + length);
  };
  const source = { size, read };
  const open = async (file: string) => (file === 'weights.safetensors' ? source : undefined);
  return { label: name, weightsFile: 'weights.safetensors', open };
}

describe('memory for a model', () => {
  const load = (name: string, available?: number, towers: 'image' | 'both' = 'both') =>
    loadModel(headerAlone(name), { activation: 'gelu', architecture: name, towers }, available);

  it('is looked at before weights are read: H/14 does not fit wasm, nor does its image tower', async () => {
    await useBackend('wasm');
    const message =
      /Cannot load ViT-H\/14: on wasm, .* it needs 7\.\d GB of a heap that ends at 4\.0 GB; load one tower/;
    await assert.rejects(load('ViT-H/14'), message);
    await assert.rejects(load('ViT-H/14', undefined, 'image'), /on wasm/);
  });

  it('lets L/14 pass on wasm', async () => {
    await useBackend('wasm');
    await assert.rejects(load('ViT-L/14'), /weights were read/);
  });

  it('is looked at before the weights of a file of H/14 are read', async () => {
    await useBackend('wasm');
    const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    try {
      const { header, size } = headerOf('ViT-H/14');
      const path = join(directory, 'weights.safetensors');
      await writeFile(path, header);
      await truncate(path, size); // 3.9 GB, of which the disk holds the header alone
      const before = await bytesRead();
      await assert.rejects(
        loadClip(path, { activation: 'gelu' }),
        /needs 7\.\d GB of a heap that ends at 4\.0 GB; load one tower \(towers: 'image' or 'text'\), or use another backend/,
      );
      assert.ok((await bytesRead()) - before < 4e6, 'the header alone is read');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('must be free', async () => {
    await useBackend('cpu');
    await assert.rejects(
      load('ViT-B/32', 600e6),
      /on cpu it needs 0\.6 GB of memory and 0\.6 GB are free; load one tower/,
    );
    await assert.rejects(load('ViT-B/32', 606e6), /weights were read/);
  });
});
