import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplicateGroups } from '../../src/search/duplicates.ts';
import { nearest } from '../../src/search/nearest.ts';
import { assertClose } from '../assert-close.ts';
import { indexOf } from '../search/random-rows.ts';
import { runPython } from './python.ts';

type Answers = { answers: { rows: number[]; similarities: number[] }[]; groups: number[][] };

const [count, width, queries] = [3000, 512, 12];

describe('search beside numpy and scipy', () => {
  let vectors: Float32Array[];
  let asked: Float32Array[];
  let expected: Answers;
  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-search-'));
    try {
      const printed = runPython('search.py', directory, '1', ...[count, width, queries].map(String));
      expected = JSON.parse(printed) as Answers;
      [vectors, asked] = (await Promise.all(
        ['rows.f32', 'queries.f32'].map((name) => readRows(join(directory, name))),
      )) as [Float32Array[], Float32Array[]];
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('orders rows as a stable argsort does, for any k', () => {
    const { matrices } = indexOf(vectors, [], [1, 700, 2000]);
    for (const [number, { rows, similarities }] of expected.answers.entries())
      for (const k of [1, 10, 500, count]) {
        const found = nearest(matrices, asked[number]!, k);
        assert.deepEqual(
          found.map(({ row }) => row),
          rows.slice(0, k),
        );
        assertClose(
          `similarities of query ${number}`,
          found.map(({ similarity }) => similarity),
          similarities.slice(0, k),
          1e-14,
        );
      }
  });

  it('finds the connected components of all pairs', () => {
    const index = indexOf(vectors, [], [1000]);
    const groups = duplicateGroups(index, { threshold: 0.9 }).map(({ entries }) =>
      entries.map(({ id }) => index.entries.findIndex((entry) => entry.id === id)),
    );
    assert.ok(groups.length > 300 && groups.some((rows) => rows.length > 5), 'the case has groups of several sizes');
    assert.deepEqual(
      groups.sort((one, other) => one[0]! - other[0]!),
      expected.groups.sort((one, other) => one[0]! - other[0]!),
    );
  });
});

async function readRows(path: string): Promise<Float32Array[]> {
  const { buffer } = new Uint8Array(await readFile(path)); // copied, so that it starts at a multiple of four bytes
  const values = new Float32Array(buffer);
  return Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
