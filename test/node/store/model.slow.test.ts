import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  createIndex,
  type IndexWriter,
  type OpenIndex,
  openIndex,
  openIndexForWriting,
} from '../../../src/node/store/store.ts';
import type { Entry } from '../../../src/search/entry.ts';
import { makePlace } from './place.ts';
import { entryOf, faultOf, headerOf, rowsOf } from './rows.ts';

/** The whole store in plain words: what counts now, and what a reader that was opened some time ago should see. */
type Model = { entries: Map<number, Entry>; nextId: number; failures: number; seen: readonly Entry[] };
type Real = { directory: string; writer: IndexWriter; reader: OpenIndex };
type Step = (model: Model, real: Real) => Promise<void>;

const embedDim = 3;

/** Some of the ids that there are, as the numbers choose. */
function choose({ entries }: Model, numbers: readonly number[]): number[] {
  const ids = [...entries.keys()];
  return ids.length === 0 ? [] : [...new Set(numbers.map((number) => ids[number % ids.length]!))];
}

const numbers = fc.array(fc.nat(), { maxLength: 3 });
const step = fc.oneof<{ arbitrary: fc.Arbitrary<[string, Step]>; weight: number }[]>(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(5), numbers).map(([count, chosen]) => [
      `append ${count}, replace ${chosen}`,
      async (model, { writer }) => {
        const paths = Array.from({ length: count }, (_, i) => `picture ${model.nextId + i}`);
        const replaced = choose(model, chosen);
        await writer.append(...rowsOf(paths, embedDim), replaced);
        for (const id of replaced) model.entries.delete(id);
        for (const path of paths) model.entries.set(model.nextId, { ...entryOf(path), id: model.nextId++ });
      },
    ]),
  },
  {
    weight: 2,
    arbitrary: numbers.map((chosen) => [
      `remove ${chosen}`,
      async (model, { writer }) => {
        const ids = choose(model, chosen);
        await writer.remove(ids);
        for (const id of ids) model.entries.delete(id);
      },
    ]),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(numbers, fc.string({ unit: 'grapheme' })).map(([chosen, path]) => [
      `rename ${chosen} to ${path}`,
      async (model, { writer }) => {
        const changed = choose(model, chosen).map((id) => ({ ...model.entries.get(id)!, path, size: 1 }));
        await writer.update(changed);
        for (const entry of changed) model.entries.set(entry.id, entry);
      },
    ]),
  },
  {
    weight: 1,
    arbitrary: fc.nat(2).map((count) => [
      `${count} failures`,
      async (model, { writer }) => {
        model.failures = count;
        await writer.setFailures(Array(count).fill({ path: 'p', reason: 'r', size: 1, modified: 2 }));
      },
    ]),
  },
  { weight: 1, arbitrary: fc.constant(['compact', (_, { writer }) => writer.compact()]) },
  {
    weight: 1,
    arbitrary: fc.constant([
      'open again',
      async (_, real) => {
        await real.writer.close();
        real.writer = await openIndexForWriting(real.directory);
      },
    ]),
  },
  {
    weight: 2,
    arbitrary: fc.constant([
      'refresh',
      async (model, { reader }) => {
        await reader.refresh();
        model.seen = [...model.entries.values()];
        assert.equal(reader.failures.length, model.failures);
      },
    ]),
  },
);

describe('an index on disk against a plain Map', () => {
  it('holds the same after any changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const directory = await makePlace();
        try {
          const writer = await createIndex(directory, headerOf(embedDim));
          const real: Real = { directory, writer, reader: await openIndex(directory) };
          const model: Model = { entries: new Map(), nextId: 0, failures: 0, seen: [] };
          for (const [, run] of steps) {
            await run(model, real);
            assert.deepEqual(real.writer.entries, [...model.entries.values()]);
            assert.deepEqual(real.reader.index.entries, model.seen);
            assert.equal(faultOf(real.reader.index), undefined);
          }
          const { index } = await openIndex(directory);
          assert.deepEqual(index.entries, [...model.entries.values()]);
          assert.equal(faultOf(index), undefined);
          await real.writer.compact();
          assert.equal(real.writer.tombstones, 0);
          await real.writer.close();
          const files = (await readdir(join(directory, 'shards'))).length;
          assert.equal(files, (model.entries.size > 0 ? 2 : 0) + (model.failures > 0 ? 1 : 0));
        } finally {
          await rm(directory, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  }).timeout(60_000);
});
