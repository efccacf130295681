import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIndex, openIndex } from '../../src/node/store/store.ts';
import { entryOf, headerOf, rowsOf, vectorOf } from '../node/store/rows.ts';
import { runPython } from './python.ts';

describe('an index on disk in Python', () => {
  it('is read by numpy in five lines, with and without removed and changed rows', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const store = join(directory, 'store');
    const writer = await createIndex(store, headerOf(24));
    const same = async () => {
      const { entries, rows } = JSON.parse(runPython('store.py', store));
      const { index } = await openIndex(store);
      assert.deepEqual(entries, index.entries);
      assert.deepEqual(
        rows,
        index.matrices.flatMap((matrix) => [...matrix.rows]),
      );
    };
    await writer.append(...rowsOf(['a', 'b', 'c', 'd'], 24));
    await same();
    const caption = { ...entryOf('e'), caption: 'lines\n\u2028\u0085 "quoted" \\ é \u{1f600}' };
    await writer.append([caption], [vectorOf(caption, 24)]);
    await writer.remove([0, 2]);
    await writer.update([{ ...writer.entries[0]!, path: 'moved' }]);
    await same();
    await writer.compact();
    await same();
    await writer.close();
    await rm(directory, { recursive: true });
  }).timeout(60_000);
});
