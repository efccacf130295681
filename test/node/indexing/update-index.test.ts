import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clip } from '../../../src/clip.ts';
import { embedImages } from '../../../src/embed.ts';
import { ModelError } from '../../../src/errors.ts';
import { useBackend } from '../../../src/node/backend.ts';
import { readImage } from '../../../src/node/images/read-image.ts';
import { indexHeader } from '../../../src/node/indexing/index-header.ts';
import { type UpdateOptions, updateIndex } from '../../../src/node/indexing/update-index.ts';
import { createIndex, type IndexWriter, openIndex, openIndexForWriting } from '../../../src/node/store/store.ts';
import { assertClose } from '../../assert-close.ts';
import { tinyClip } from '../../tiny-clip.ts';
import { makePlace } from '../store/place.ts';
import { contentOf, countEmbedded, pictureOf, writePicture } from './pictures.ts';

describe('updateIndex()', () => {
  let clip: Clip;
  let place: string;
  let photos: string;
  let store: string;
  let writer: IndexWriter;
  let embedded: { count: number };
  before(async () => {
    await useBackend('cpu');
    clip = tinyClip();
    embedded = countEmbedded(clip);
  });
  after(() => clip.dispose());
  beforeEach(async () => {
    place = await makePlace();
    [photos, store] = [join(place, 'photos'), join(place, 'store')];
    await mkdir(join(photos, 'more'), { recursive: true });
    for (const [at, name] of ['a.png', 'b.png', 'c.png', join('more', 'd.png')].entries()) {
      await writePicture(join(photos, name), at);
      await utimes(join(photos, name), 0, 1_700_000_000 + at); // two of one size and time would be taken for one another
    }
    writer = await createIndex(store, await indexHeader(clip, { model: 'tiny', roots: [photos] }));
  });
  afterEach(async () => {
    await writer.close();
    await rm(place, { recursive: true });
  });
  const at = (...names: string[]) => join(photos, ...names);
  /** @param expected pictures that go through the model */
  const update = async (expected: number, options: UpdateOptions = {}, folders = [photos]) => {
    embedded.count = 0;
    let opened = 0;
    const open = async () => {
      opened++;
      return clip;
    };
    const result = await updateIndex(writer, folders, open, { workers: 0, ...options });
    assert.deepEqual([embedded.count, opened], [expected, expected > 0 ? 1 : opened]);
    return result;
  };
  const counts = ({ added, changed, renamed, unchanged }: Awaited<ReturnType<typeof update>>) => [
    added,
    changed,
    renamed,
    unchanged,
  ];
  const ids = () => new Map(writer.entries.map(({ path, id }) => [path, id]));
  const untouched = async () => {
    throw new Error('the model was loaded');
  };

  it('embeds all pictures once, and says what they are', async () => {
    assert.deepEqual(counts(await update(4)), [4, 0, 0, 0]);
    const { index } = await openIndex(store);
    assert.deepEqual(
      index.entries.map(({ path }) => path),
      [at('a.png'), at('b.png'), at('c.png'), at('more', 'd.png')],
    );
    const [{ width, height, size, modified, hash } = assert.fail()] = index.entries;
    const status = await stat(at('a.png'));
    assert.deepEqual([width, height, size, modified], [8, 6, status.size, status.mtimeMs]);
    assert.match(hash, /^[0-9a-f]{64}$/);
    const rows = await embedImages(clip, [await readImage(at('b.png'))]);
    assertClose('the row', contentOf(index).get(at('b.png'))![1], rows[0]!, 1e-6);
  });

  it('neither loads the model nor writes anything where nothing has changed', async () => {
    await update(4);
    const { version } = await openIndex(store);
    const result = await updateIndex(writer, [photos], untouched);
    assert.deepEqual(counts(result), [0, 0, 0, 4]);
    assert.equal((await openIndex(store)).version, version);
  });

  it('takes a renamed file for what it is: same id, same vector, no model', async () => {
    await update(4);
    const before = ids();
    await rename(at('a.png'), at('more', 'z.png'));
    await rename(at('b.png'), at('c.png')); // in the place of another
    const result = await updateIndex(writer, [photos], untouched);
    assert.deepEqual(counts(result), [0, 0, 2, 1]);
    assert.deepEqual(result.vanished, []);
    assert.deepEqual([...ids()].sort(), [
      [at('c.png'), before.get(at('b.png'))],
      [at('more', 'd.png'), before.get(at('more', 'd.png'))],
      [at('more', 'z.png'), before.get(at('a.png'))],
    ]);
  });

  it('notes a folder that was renamed in one commit: the list of changes is written whole each time', async () => {
    await update(4);
    const { version } = await openIndex(store);
    await rename(photos, join(place, 'renamed'));
    const result = await updateIndex(writer, [join(place, 'renamed')], untouched, { commitRows: 1 });
    assert.equal(result.renamed, 4);
    assert.equal((await openIndex(store)).version, version + 3); // the others are those of the folders
  });

  it('finds a file that was moved to a folder of its own', async () => {
    await update(4);
    const other = join(place, 'other');
    await mkdir(other);
    await rename(at('a.png'), join(other, 'a.png'));
    assert.deepEqual(counts(await updateIndex(writer, [other], untouched)), [0, 0, 1, 0]);
    assert.deepEqual(writer.header.roots, [photos, other]);
  });

  it('embeds a changed file again, in place of what it was; a copy as well', async () => {
    await update(4);
    const before = ids().get(at('a.png'));
    await writePicture(at('a.png'), 50);
    await writeFile(at('copy.png'), await readFile(at('b.png')));
    assert.deepEqual(counts(await update(2)), [1, 1, 0, 3]);
    assert.equal(writer.entries.length, 5);
    assert.ok(ids().get(at('a.png'))! > before!);
  });

  it('goes by size and time; by content where that is asked for', async () => {
    await update(4);
    const entry = () => writer.entries.find(({ path }) => path === at('a.png'))!;
    await utimes(at('a.png'), new Date(), new Date(2020, 1, 1));
    assert.deepEqual(counts(await updateIndex(writer, [photos], untouched)), [0, 0, 0, 4]); // the same content
    assert.equal(entry().modified, new Date(2020, 1, 1).getTime());
    await writer.update([{ ...entry(), hash: '0'.repeat(64) }]); // as if it had been changed, and no time told
    assert.deepEqual(counts(await update(0)), [0, 0, 0, 4]);
    assert.deepEqual(counts(await update(1, { rehash: true })), [0, 1, 0, 3]);
  });

  it('finds a change that keeps size and time of the content', async function () {
    if (process.platform === 'win32') this.skip(); // the time of the status is not the same thing there
    const { mtime } = await stat(at('a.png'));
    let seed = 50;
    while (pictureOf(seed).length !== pictureOf(0).length) seed++;
    await update(4);
    await writePicture(at('a.png'), seed);
    await utimes(at('a.png'), mtime, mtime);
    assert.deepEqual(counts(await update(1)), [0, 1, 0, 3]);
  });

  it('finds two files that have changed places, though size and time are the same', async function () {
    if (process.platform === 'win32') this.skip();
    let seed = 1;
    while (pictureOf(seed).length !== pictureOf(0).length) seed++;
    await writePicture(at('b.png'), seed);
    for (const name of ['a.png', 'b.png']) await utimes(at(name), 0, 1_600_000_000);
    await update(4);
    const vectors = async () => contentOf((await openIndex(store)).index);
    const before = await vectors();
    await rename(at('a.png'), at('t'));
    await rename(at('b.png'), at('a.png'));
    await rename(at('t'), at('b.png'));
    assert.deepEqual(counts(await update(2)), [0, 2, 0, 2]);
    assert.deepEqual((await vectors()).get(at('a.png')), before.get(at('b.png')));
  });

  it('writes nothing where all contents are compared and none has changed', async () => {
    await update(4);
    const { version } = await openIndex(store);
    assert.deepEqual(counts(await updateIndex(writer, [photos], untouched, { rehash: true })), [0, 0, 0, 4]);
    assert.equal((await openIndex(store)).version, version);
  });

  it('keeps what has vanished until it is pruned, and gives the room back', async () => {
    await update(4);
    await rm(at('a.png'));
    const before = await update(0);
    assert.deepEqual([before.vanished, before.pruned, writer.entries.length], [[at('a.png')], 0, 4]);
    const after = await update(0, { prune: true });
    assert.deepEqual([after.vanished, after.pruned, writer.entries.length], [[], 1, 3]);
    assert.deepEqual([after.compacted, writer.tombstones], [true, 0]); // it was a quarter
    assert.equal((await update(0, { prune: true })).compacted, false);
    assert.equal((await update(0, { compact: true })).compacted, true);
  });

  it('has a folder no more that is not there and of which nothing is left', async () => {
    await update(4);
    const other = join(place, 'renamed');
    await rename(photos, other);
    const moved = await updateIndex(writer, [other], untouched);
    assert.deepEqual([moved.renamed, moved.forgotten], [4, [{ folder: photos, pictures: 0 }]]);
    assert.deepEqual(writer.header.roots, [other]);
    await rm(other, { recursive: true }); // as is an unmounted disk: all of it is in the index
    await mkdir(photos);
    assert.deepEqual((await update(0, { prune: true })).forgotten, []);
    assert.deepEqual([writer.entries.length, writer.header.roots], [4, [other, photos]]);
  });

  it('forgets a folder with its pictures, but for those that another one has', async () => {
    const other = join(place, 'other');
    await mkdir(other);
    await writePicture(join(other, 'e.png'), 9);
    await writeFile(at('more', 'bad.png'), 'none');
    await update(5, {}, [photos, other, at('more')]);
    await rename(at('a.png'), join(other, 'a.png'));
    const overlapping = await update(0, { forget: [at('more')] }, [other]);
    assert.deepEqual([overlapping.renamed, overlapping.forgotten], [1, [{ folder: at('more'), pictures: 0 }]]);
    assert.equal(writer.failures.length, 1);
    const { forgotten } = await update(0, { forget: [photos] }, [other]);
    assert.deepEqual(forgotten, [{ folder: photos, pictures: 3 }]);
    assert.deepEqual([...ids().keys()].sort(), [join(other, 'a.png'), join(other, 'e.png')]);
    assert.deepEqual([writer.failures, writer.header.roots], [[], [other]]);
    await assert.rejects(updateIndex(writer, [other], untouched, { forget: [photos] }), /no folder of the index/);
    await assert.rejects(updateIndex(writer, [other], untouched, { forget: [other] }), /no other folder/);
  });

  it('does not prune a folder in which there is nothing at all: its disk may not be there', async () => {
    await update(4);
    const other = join(place, 'other');
    await mkdir(other);
    await writePicture(join(other, 'e.png'), 9);
    await update(1, {}, [other]);
    await rm(join(other, 'e.png'));
    await rm(at('a.png'));
    const result = await update(0, { prune: true }, [photos, other]);
    assert.deepEqual([result.pruned, result.emptied, result.vanished], [1, [other], [join(other, 'e.png')]]);
  });

  it('lists what cannot be read, and tries it again only when it has changed', async () => {
    await writeFile(at('bad.png'), 'none');
    const first = await update(4);
    assert.deepEqual(
      first.failed.map(({ path, reason }) => [path, /expected PNG or JPEG/.test(reason)]),
      [[at('bad.png'), true]],
    );
    const again = await updateIndex(writer, [photos], untouched);
    assert.deepEqual(again.failed, first.failed);
    assert.deepEqual((await openIndex(store)).failures, first.failed);
    await writePicture(at('bad.png'), 9);
    const mended = await update(1);
    assert.deepEqual([mended.added, mended.failed, writer.failures], [1, [], []]);
  });

  it('lists a file whose name is not UTF-8', async function () {
    const name = Buffer.concat([Buffer.from(photos), Buffer.from('/caf\xe9.png', 'latin1')]);
    if (process.platform !== 'linux') this.skip(); // elsewhere there are no such names
    await writeFile(name, pictureOf(9));
    const { failed } = await update(4, { prune: true });
    assert.deepEqual(
      failed.map(({ path, reason }) => [path, /is not UTF-8; rename it/.test(reason)]),
      [[at('caf\ufffd.png'), true]],
    );
  });

  it('prunes nothing of a folder that lists its files and lets nobody at them', async function () {
    if (process.getuid?.() === 0 || process.platform === 'win32') this.skip(); // who may do everything
    await update(4);
    await chmod(at('more'), 0o444);
    const { failed, pruned } = await update(0, { prune: true }).finally(() => chmod(at('more'), 0o755));
    assert.deepEqual(failed, [
      { path: at('more', 'd.png'), reason: 'Cannot read the picture: permission is denied', size: -1, modified: -1 },
    ]);
    assert.deepEqual([pruned, writer.entries.length], [0, 4]);
    assert.deepEqual((await update(0)).failed, []);
  });

  it('forgets the vector of a picture that has become unreadable', async () => {
    await update(4);
    await writeFile(at('a.png'), 'none');
    const result = await update(0);
    assert.deepEqual([result.failed.length, writer.entries.length, ids().has(at('a.png'))], [1, 3, false]);
  });

  it('goes on after it was stopped', async () => {
    for (let seed = 10; seed < 30; seed++) await writePicture(at(`${seed}.png`), seed);
    const stop = new AbortController();
    const onProgress = (done: number) => done === 9 && stop.abort();
    const options = { workers: 0, batchSize: 4, commitRows: 4, signal: stop.signal, onProgress };
    const result = await updateIndex(writer, [photos], async () => clip, options);
    assert.equal(result.stopped, true);
    const done = writer.entries.length;
    assert.equal(done, result.added);
    assert.ok(done >= 8 && done < 24, `${done} were done`);
    assert.deepEqual(counts(await update(24 - done)), [24 - done, 0, 0, done]);
  });

  it('names each picture once where folders overlap', async () => {
    assert.deepEqual(counts(await update(4, {}, [photos, at('more')])), [4, 0, 0, 0]);
  });

  it('refuses another model, with nothing written', async () => {
    const other = tinyClip(6);
    await assert.rejects(
      updateIndex(writer, [photos], async () => other),
      (error: Error) => error instanceof ModelError && /was made by tiny/.test(error.message),
    );
    assert.equal(writer.entries.length, 0);
    other.dispose();
  });

  it('turns pictures as EXIF says, unless the index says otherwise', async () => {
    const turned = await readFile(join('test', 'goldens', 'images', 'jpeg-exif-rotate.jpg'));
    await writeFile(at('turned.jpg'), turned);
    const size = () => {
      const { width, height } = writer.entries.find(({ path }) => path === at('turned.jpg'))!;
      return [width, height];
    };
    await update(5);
    const { width, height } = await readImage(turned);
    assert.notEqual(width, height);
    assert.deepEqual(size(), [height, width]);
    await writer.close();
    await rm(store, { recursive: true });
    writer = await createIndex(store, await indexHeader(clip, { model: 'tiny', roots: [photos], exifRotate: false }));
    await update(5);
    assert.deepEqual(size(), [width, height]);
  });

  it('has the same after it is opened again', async () => {
    await update(4);
    await writer.close();
    writer = await openIndexForWriting(store);
    assert.deepEqual(counts(await update(0)), [0, 0, 0, 4]);
  });
});
