import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../../src/clip.ts';
import { embedTexts } from '../../../src/embed.ts';
import { useBackend } from '../../../src/node/backend.ts';
import { indexHeader } from '../../../src/node/indexing/index-header.ts';
import { updateCaptions } from '../../../src/node/indexing/update-captions.ts';
import { createIndex, openIndex } from '../../../src/node/store/store.ts';
import { search } from '../../../src/search/search.ts';
import { assertClose } from '../../assert-close.ts';
import { tinyClip } from '../../tiny-clip.ts';
import { makePlace } from '../store/place.ts';

describe('updateCaptions()', () => {
  let clip: Clip;
  let place: string;
  before(async () => {
    await useBackend('cpu');
    clip = tinyClip();
    place = await makePlace();
  });
  after(async () => {
    clip.dispose();
    await rm(place, { recursive: true });
  });

  it('has a row per caption and picture, embeds what is new, and prunes when told to', async () => {
    const store = join(place, 'store');
    const writer = await createIndex(store, await indexHeader(clip, { model: 'tiny' }));
    const captions = [
      { path: '/a.png', caption: 'a cat' },
      { path: '/a.png', caption: 'a pet' },
      { path: '/b.png', caption: 'a cat' },
      { path: '/b.png', caption: 'a cat' },
    ];
    const open = async () => clip;
    const untouched = async () => assert.fail('the model was loaded');
    const first = await updateCaptions(writer, captions, open);
    assert.deepEqual([first.added, first.unchanged, first.vanished], [3, 0, 0]);
    const again = await updateCaptions(writer, captions, untouched);
    assert.deepEqual([again.added, again.unchanged, again.vanished], [0, 3, 0]);
    const [query] = await embedTexts(clip, ['a cat']);
    const found = search((await openIndex(store)).index, query!, { minSimilarity: 0.9999 });
    assert.deepEqual(
      found.map(({ entry }) => [entry.path, entry.caption]),
      [
        ['/a.png', 'a cat'],
        ['/b.png', 'a cat'],
      ],
    );
    assertClose('similarity', [found[0]!.similarity], [1], 1e-6);

    const fewer = captions.slice(1);
    assert.equal((await updateCaptions(writer, fewer, untouched)).vanished, 1);
    const pruned = await updateCaptions(writer, fewer, untouched, { prune: true });
    assert.deepEqual([pruned.pruned, pruned.vanished, writer.entries.length], [1, 0, 2]);
    await writer.close();
  });
});
