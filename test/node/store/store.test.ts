import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIndex, openIndex, openIndexForWriting, readIndexParts } from '../../../src/node/store/store.ts';
import type { SearchIndex } from '../../../src/search/search-index.ts';
import { makePlace } from './place.ts';
import { entryOf, faultOf, headerOf, rowsOf, vectorOf } from './rows.ts';

const pathsOf = ({ entries }: Pick<SearchIndex, 'entries'>) => entries.map(({ path }) => path);
const many = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name}${i}`);

describe('an index on disk', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await makePlace(), 'store');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));
  const create = () => createIndex(directory, headerOf(4));
  const filesOf = async () => (await readdir(join(directory, 'shards'))).sort();

  it('is there without rows once it is created', async () => {
    await (await create()).close();
    const { index, version, failures } = await openIndex(directory);
    assert.deepEqual(index, { header: headerOf(4), entries: [], matrices: [] });
    assert.equal(version, 1);
    assert.deepEqual(failures, []);
    assert.deepEqual((await readdir(directory)).sort(), ['manifest.json', 'shards']);
  });

  it('gives ids in the order of appending, and never again', async () => {
    const writer = await create();
    assert.deepEqual(
      (await writer.append(...rowsOf(['a', 'b', 'c'], 4))).map(({ id }) => id),
      [0, 1, 2],
    );
    await writer.remove([2]);
    await writer.compact();
    await writer.close();
    const again = await openIndexForWriting(directory);
    const [added] = await again.append(...rowsOf(['d'], 4));
    assert.deepEqual(added, { id: 3, ...entryOf('d') });
    assert.deepEqual(pathsOf(again), ['a', 'b', 'd']);
    await again.close();
    const { index } = await openIndex(directory);
    assert.deepEqual(index.entries, again.entries);
    assert.equal(faultOf(index), undefined);
  });

  it('replaces rows in one commit, and changes entries without their vectors', async () => {
    const writer = await create();
    await writer.append(...rowsOf(['a', 'b', 'c'], 4));
    const reader = await openIndex(directory);
    await writer.append(...rowsOf(['b2'], 4), [1]);
    assert.equal(await reader.refresh(), true);
    assert.deepEqual(pathsOf(reader.index), ['a', 'c', 'b2']);
    const { version } = reader;
    await writer.update([{ ...writer.entries[0]!, path: 'moved', caption: 'a cat' }]);
    await reader.refresh();
    assert.equal(reader.version, version + 1);
    assert.deepEqual(reader.index.entries[0], { ...entryOf('a'), id: 0, path: 'moved', caption: 'a cat' });
    assert.equal(faultOf(reader.index), undefined);
    await writer.compact();
    assert.equal(writer.tombstones, 0);
    await reader.refresh();
    assert.deepEqual(reader.index.entries, writer.entries);
    assert.equal((await filesOf()).length, 2);
    await writer.close();
  });

  it('keeps the files that could not be read, and the roots', async () => {
    const writer = await create();
    const failure = { path: 'broken.jpg', reason: 'it ends early', size: 7, modified: 1.5 };
    await writer.setFailures([failure]);
    await writer.setRoots(['/pictures', '/more']);
    await writer.close();
    const reader = await openIndex(directory);
    assert.deepEqual(reader.failures, [failure]);
    assert.deepEqual(reader.index.header.roots, ['/pictures', '/more']);
    const again = await openIndexForWriting(directory);
    assert.deepEqual(again.failures, [failure]);
    await again.setFailures([]);
    assert.deepEqual(await filesOf(), []);
    await again.close();
  });

  it('is read as it was by who opened it before a compaction', async () => {
    const writer = await create();
    await writer.append(...rowsOf(many(20, 'a'), 4));
    await writer.append(...rowsOf(many(20, 'b'), 4));
    const reader = await openIndex(directory);
    const parts = readIndexParts(directory);
    const first = (await parts.next()).value as SearchIndex;
    const { index } = reader;
    await writer.remove([3, 25]);
    await writer.compact();
    const second = (await parts.next()).value as SearchIndex;
    assert.equal((await parts.next()).done, true);
    assert.deepEqual([...pathsOf(first), ...pathsOf(second)], [...many(20, 'a'), ...many(20, 'b')]);
    for (const part of [index, first, second]) assert.equal(faultOf(part), undefined);
    assert.equal(await reader.refresh(), true);
    assert.equal(await reader.refresh(), false);
    assert.equal(index.entries.length, 40); // what was taken before stays
    assert.equal(reader.index.entries.length, 38);
    assert.equal(faultOf(reader.index), undefined);
    await writer.close();
  });

  it('shares the rows of known shards between refreshes', async () => {
    const writer = await create();
    await writer.append(...rowsOf(many(8, 'a'), 4));
    const reader = await openIndex(directory);
    const [before] = reader.index.matrices;
    await writer.append(...rowsOf(['b'], 4));
    await reader.refresh();
    assert.equal(reader.index.matrices[0], before);
    await writer.remove([0]);
    await reader.refresh();
    assert.equal(before?.rows.length, 32);
    assert.equal(reader.index.matrices[0]?.rows.length, 28);
    await writer.close();
    await reader.close();
    assert.throws(() => reader.index, /it is closed; open it again/);
    await assert.rejects(reader.refresh(), /it is closed/);
  });

  it('is read anew where another was made in its place', async () => {
    const first = await create();
    await first.append(...rowsOf(['a'], 4));
    await first.close();
    const reader = await openIndex(directory);
    await rm(directory, { recursive: true });
    const second = await create();
    await second.append(...rowsOf(['z'], 4));
    await second.close();
    assert.equal(await reader.refresh(), true);
    assert.deepEqual(pathsOf(reader.index), ['z']);
    assert.equal(faultOf(reader.index), undefined);
  });

  it('merges many small shards while it grows', async () => {
    const writer = await create();
    for (const path of many(100, 'a')) await writer.append(...rowsOf([path], 4));
    const files = await filesOf();
    assert.ok(files.length <= 2 * 2 * 16, `${files.length} files`);
    const { index } = await openIndex(directory);
    assert.deepEqual(pathsOf(index), many(100, 'a'));
    assert.equal(faultOf(index), undefined);
    await writer.close();
  });

  it('splits what is larger than a shard', async () => {
    const embedDim = 2 ** 20; // 4 MiB a row, 16 rows a shard
    const writer = await createIndex(directory, headerOf(embedDim));
    const vector = new Float32Array(embedDim);
    vector[0] = 1;
    const entries = many(17, 'a').map(entryOf);
    await writer.append(
      entries,
      entries.map(() => vector),
    );
    await writer.compact();
    await writer.close();
    const parts: number[] = [];
    for await (const part of readIndexParts(directory)) parts.push(part.entries.length);
    assert.deepEqual(parts, [16, 1]);
  });

  it('runs changes one after another, and closes after the last', async () => {
    const writer = await create();
    const appends = many(5, 'a').map((path) => writer.append(...rowsOf([path], 4)));
    const removal = writer.remove([0]);
    await writer.close();
    assert.deepEqual(
      (await Promise.all(appends)).flat().map(({ id }) => id),
      [0, 1, 2, 3, 4],
    );
    await removal;
    await assert.rejects(writer.remove([1]), /it is closed/);
    assert.deepEqual(pathsOf((await openIndex(directory)).index), ['a1', 'a2', 'a3', 'a4']);
  });

  it('refuses rows that are none, and stays as it was', async () => {
    const writer = await create();
    const [entries, embeddings] = rowsOf(['a', 'b'], 4);
    const { version } = await openIndex(directory);
    await assert.rejects(writer.append(entries, embeddings.slice(1)), /an embedding per entry but got 1 for 2 entries/);
    await assert.rejects(writer.append(...rowsOf(['a'], 5)), /Cannot append a: expected 4 values but got 5/);
    const long = embeddings.map((row) => row.map((value) => 2 * value));
    await assert.rejects(writer.append(entries, long), /expected a unit vector but its length is 2/);
    const none = embeddings.map((row) => row.map(() => Number.NaN));
    await assert.rejects(writer.append(entries, none), /unit vector but its length is NaN/);
    await assert.rejects(writer.append(entries, embeddings, [9]), /Cannot replace entry 9/);
    await assert.rejects(writer.remove([0]), /Cannot remove entry 0: the index has no entry of that id/);
    await assert.rejects(writer.update([{ ...entryOf('a'), id: 1 }]), /Cannot update entry 1/);
    assert.equal((await openIndex(directory)).version, version);
    await writer.close();
  });

  it('stores what an entry has and nothing else', async () => {
    const writer = await create();
    const caption = { ...entryOf(''), caption: 'two\nlines, "quoted" \u{1f600}' };
    const extra = { ...caption, id: 77, secret: 1 };
    await writer.append([extra], [vectorOf(caption, 4)]);
    await writer.close();
    assert.deepEqual((await openIndex(directory)).index.entries, [{ ...caption, id: 0 }]);
  });

  it('is not created over another, nor among other files', async () => {
    await (await create()).close();
    await assert.rejects(create(), /there is one already; open it, or choose another directory/);
    const pictures = join(directory, '..', 'pictures');
    await mkdir(pictures);
    await writeFile(join(pictures, 'a.jpg'), '');
    await assert.rejects(createIndex(pictures, headerOf(4)), /it holds other files \(a\.jpg\)/);
    assert.deepEqual(await readdir(pictures), ['a.jpg']);
  });
});
