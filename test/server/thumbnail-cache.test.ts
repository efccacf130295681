import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openThumbnailCache } from '../../src/server/thumbnail-cache.ts';
import { collectWarnings } from '../warnings.ts';

describe('the cache of thumbnails', () => {
  let directory = '';
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'clip-tfjs-')), 'thumbnails');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));
  const bytes = (fill: number, length = 10) => new Uint8Array(length).fill(fill);
  const files = async () => (await readdir(directory)).sort();

  it('gives back what was put, also to a later run, and is for this user alone', async () => {
    const cache = await openThumbnailCache(directory, 100);
    assert.equal(await cache.get('a'), undefined);
    cache.put('a', bytes(1));
    await cache.close();
    assert.deepEqual(new Uint8Array((await cache.get('a'))!), bytes(1));
    const later = await openThumbnailCache(directory, 100);
    assert.deepEqual(new Uint8Array((await later.get('a'))!), bytes(1));
    assert.equal(later.bytes, 10);
    if (process.platform !== 'win32') assert.equal((await stat(directory)).mode & 0o777, 0o700);
  });

  it('stays below its size: what was used least lately goes', async () => {
    const cache = await openThumbnailCache(directory, 30);
    for (const name of ['a', 'b', 'c']) {
      cache.put(name, bytes(1));
      await cache.close();
    }
    await cache.get('a');
    cache.put('d', bytes(1));
    await cache.close();
    assert.deepEqual(await files(), ['a.jpg', 'c.jpg', 'd.jpg']);
    assert.equal(await cache.get('b'), undefined);
    cache.put('a', bytes(2, 20));
    await cache.close();
    assert.deepEqual(await files(), ['a.jpg', 'd.jpg']);
    assert.equal(cache.bytes, 30);
    cache.put('e', bytes(2, 40)); // larger than all of it
    await cache.close();
    assert.deepEqual([await files(), cache.bytes], [[], 0]);
  });

  it('does not give what was cut off or deleted by others', async () => {
    const cache = await openThumbnailCache(directory, 100);
    for (const name of ['a', 'b']) cache.put(name, bytes(1));
    await cache.close();
    await writeFile(join(directory, 'a.jpg'), 'half');
    await rm(join(directory, 'b.jpg'));
    assert.deepEqual([await cache.get('a'), await cache.get('b'), cache.bytes], [undefined, undefined, 0]);
  });

  it('takes away what a killed run has left, and leaves what one that runs is writing', async () => {
    await (await openThumbnailCache(directory, 100)).close();
    for (const name of ['.a.jpg.old.tmp', '.b.jpg.new.tmp']) await writeFile(join(directory, name), 'half');
    await utimes(join(directory, '.a.jpg.old.tmp'), 1, 1);
    await openThumbnailCache(directory, 100);
    assert.deepEqual(await files(), ['.b.jpg.new.tmp']);
  });

  it('says once that nothing is kept where it cannot write', async () => {
    await writeFile(directory, 'a file');
    const warnings = await collectWarnings(async () => {
      const cache = await openThumbnailCache(directory, 100);
      for (const name of ['a', 'b']) cache.put(name, bytes(1));
      await cache.close();
      assert.equal(await cache.get('a'), undefined);
    });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /thumbnails are not kept/);
  });
});
