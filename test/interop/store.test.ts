import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIndex, openIndex } from '../../src/node/store/store.ts';
import { entryOf, headerOf, rowsOf, vectorOf } from '../node/store/rows.ts';
import { runPython } from './python.ts';

describe('an index on disk in Python', () => {
  it('is read as the document says', async () => {
    const tested = await fiveLines('test/interop/store.py');
    for (const document of ['docs/index-store.md', 'docs/search.md'])
      assert.deepEqual(await fiveLines(document), tested, document);
    assert.equal(tested?.length, 5);
  });

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

/** From the one that reads the manifest to the one that makes `rows`. */
async function fiveLines(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const first = lines.findIndex((line) => line.startsWith('manifest = '));
  return lines.slice(first, 1 + lines.findIndex((line) => line.startsWith('rows = ')));
}
