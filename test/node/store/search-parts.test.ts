import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createIndex, IndexError, openIndex, readIndexHeader, searchParts } from '../../../src/node/store/store.ts';
import { search } from '../../../src/search/search.ts';
import { makePlace } from './place.ts';
import { entryOf, headerOf, rowsOf, vectorOf } from './rows.ts';

describe('searchParts()', () => {
  it('finds what search() finds on the whole, ties by id across shards', async () => {
    const place = await makePlace();
    const directory = join(place, 'store');
    const writer = await createIndex(directory, headerOf(8));
    const twins = entryOf('twin');
    for (let shard = 0; shard < 5; shard++) {
      const [entries, embeddings] = rowsOf(
        Array.from({ length: 30 }, (_, i) => `${shard} ${i}`),
        8,
      );
      await writer.append([...entries, twins, twins], [...embeddings, vectorOf(twins, 8), vectorOf(twins, 8)]);
    }
    await writer.remove([3, 31, 64]);
    await writer.close();
    const { index } = await openIndex(directory);
    const queries = [vectorOf(twins, 8), vectorOf(entryOf('else'), 8)];
    for (const options of [{}, { k: 0 }, { k: 3 }, { k: 500 }, { minSimilarity: 0.5 }, { filter: { path: '2 *' } }]) {
      const found = await searchParts(directory, queries, options);
      assert.deepEqual(
        found,
        queries.map((query) => search(index, query, options)),
      );
    }
    const [best] = await searchParts(directory, queries, { k: 9 });
    assert.deepEqual(
      best?.map(({ entry }) => entry.id),
      [30, 62, 63, 94, 95, 126, 127, 158, 159],
    );
    assert.deepEqual(await readIndexHeader(directory), headerOf(8));
    await assert.rejects(searchParts(directory, [vectorOf(twins, 9)]), TypeError);
    await rm(place, { recursive: true });
    await assert.rejects(searchParts(directory, queries), IndexError);
  });
});
