import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { decodeJpeg } from '../../src/node/images/jpeg.ts';
import { updateCaptions } from '../../src/node/indexing/update-captions.ts';
import { loadClip } from '../../src/node/load.ts';
import { modelHash } from '../../src/node/model-hash.ts';
import { createIndex } from '../../src/node/store/store.ts';
import type { RunningServer } from '../../src/server/start-server.ts';
import { ask, post } from './ask.ts';
import { drawing, makePlace, type Place, removePlace, serve, tinyHeader } from './place.ts';

type Row = { id: number; caption: string; path: string };

describe('the server of an index of captions', () => {
  let place: Place;
  let server: RunningServer;
  let rows: Row[] = [];
  before(async () => {
    place = await makePlace(6);
    const store = join(place.root, 'captions');
    const other = join(place.root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'blue.png'), encodePng(drawing(30, 60, 20)));
    await writeFile(join(place.root, 'secret.png'), encodePng(drawing(31)));
    await writeFile(join(other, 'words.png'), 'root:x:0:0');
    await symlink(join(place.root, 'secret.png'), join(other, 'link.png'));
    const captions = [
      { path: join(place.pictures, '0.png'), caption: 'a blot' },
      { path: join(other, 'blue.png'), caption: 'a blot' },
      { path: join(other, 'link.png'), caption: 'a link' },
      { path: join(other, 'words.png'), caption: 'no picture' },
      { path: join(other, 'none.png'), caption: 'gone' },
    ];
    const clip = await loadClip(place.model);
    const { embedDim, preprocess } = clip.config;
    const model = { name: place.model, hash: await modelHash(clip) };
    const writer = await createIndex(store, { ...tinyHeader, model, embedDim, preprocess });
    await updateCaptions(writer, captions, async () => clip);
    await writer.close();
    clip.dispose();
    server = await serve({ root: place.root, store });
    rows = (await post(`${server.url}/api/search`, { query: 'a blot', k: 10 })).json.results;
  });
  after(async () => {
    await server.close();
    await removePlace(place);
  });

  const idOf = (path: string) => rows.find((row) => row.path === path)?.id as number;
  const picture = (id: number) => ask(`${server.url}/api/pictures/${id}`);

  it('finds captions, and names their pictures in the folder that has them all, not by where that lies', async () => {
    assert.deepEqual(
      rows.slice(0, 2).map(({ caption, path }) => [caption, path]),
      [
        ['a blot', 'pictures/0.png'],
        ['a blot', 'other/blue.png'],
      ],
    );
    assert.equal((await ask(`${server.url}/api/stats`)).json.captions, true);
    const answers = [
      await post(`${server.url}/api/search`, { query: 'a blot' }),
      await post(`${server.url}/api/similar`, { id: 0 }),
      await ask(`${server.url}/api/duplicates`),
      await ask(`${server.url}/api/stats`),
      await picture(idOf('other/link.png')),
    ];
    for (const { bytes } of answers) assert.ok(!bytes.toString().includes(place.root), bytes.toString());
  });

  it('shows the pictures, each its own where captions are the same', async () => {
    const [one, other] = [idOf('pictures/0.png'), idOf('other/blue.png')];
    for (const _ of ['made', 'kept']) {
      const thumbnails = [one, other].map((id) => ask(`${server.url}/api/thumbnails/${id}`)); // at the same time
      const sizes = await Promise.all(
        thumbnails.map(async (answer) => {
          const { image } = await decodeJpeg((await answer).bytes);
          return [image.width, image.height];
        }),
      );
      assert.deepEqual(sizes, [
        [40, 30],
        [60, 20],
      ]);
    }
    const { status, headers } = await picture(other);
    assert.deepEqual([status, headers['content-type']], [200, 'image/png']);
  });

  it('makes a thumbnail anew where the picture has changed', async () => {
    const path = join(place.root, 'other', 'blue.png');
    await writeFile(path, encodePng(drawing(32, 20, 60)));
    const { bytes } = await ask(`${server.url}/api/thumbnails/${idOf('other/blue.png')}`);
    assert.equal((await decodeJpeg(bytes)).image.height, 60);
    await writeFile(path, encodePng(drawing(30, 60, 20)));
  });

  it('follows no link out of the folder of the picture, and shows nothing but pictures', async () => {
    const refused = async (path: string) => {
      const { status, json } = await picture(idOf(path));
      assert.equal((await ask(`${server.url}/api/thumbnails/${idOf(path)}`)).status, status);
      return [status, json.error.code];
    };
    assert.deepEqual(await refused('other/link.png'), [403, 'outside']);
    assert.deepEqual(await refused('other/words.png'), [415, 'no_picture']);
    assert.deepEqual(await refused('other/none.png'), [404, 'gone']);
    await rm(join(place.root, 'other', 'link.png'));
    await symlink('/etc/hostname', join(place.root, 'other', 'link.png'));
    assert.deepEqual(await refused('other/link.png'), [403, 'outside']);
  });
});
