import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dot } from '../../src/embed.ts';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { decodeJpeg } from '../../src/node/images/jpeg.ts';
import { openIndexForWriting } from '../../src/node/store/store.ts';
import type { RunningServer } from '../../src/server/start-server.ts';
import { ask, post } from './ask.ts';
import { addRow, drawing, entryOf, makePlace, type Place, removePlace, serve } from './place.ts';

type Row = { id: number; similarity: number };

describe('the API', () => {
  let place: Place;
  let server: RunningServer;
  let url: (path: string) => string;
  before(async () => {
    place = await makePlace();
    await mkdir(join(place.root, 'page', 'sub'), { recursive: true });
    for (const [name, text] of [
      ['index.html', '<!doctype html><title>page</title>'],
      ['sub/main.js', 'let a;'],
      ['drawing.svg', '<svg/>'],
    ] as const)
      await writeFile(join(place.root, 'page', name), text);
    server = await serve(place);
    url = (path) => server.url + path;
  });
  after(async () => {
    await server.close();
    await removePlace(place);
  });

  /** What a plain loop finds. */
  function nearest(query: Float32Array, k: number, without?: number): Row[] {
    const rows = place.vectors.map((vector, id) => ({ id, similarity: dot(vector, query) }));
    return rows
      .filter(({ id }) => id !== without)
      .sort((one, other) => other.similarity - one.similarity || one.id - other.id)
      .slice(0, k);
  }
  function assertFound(found: Row[], expected: Row[]): void {
    assert.deepEqual(
      found.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
    for (const [i, { similarity }] of found.entries())
      assert.ok(Math.abs(similarity - (expected[i] as Row).similarity) < 1e-6);
  }
  async function vectorsOf(...texts: string[]): Promise<Float32Array[]> {
    const { json } = await post(url('/api/embed'), { texts });
    return json.embeddings.map((row: number[]) => Float32Array.from(row));
  }

  it('says that it is well and what it serves', async () => {
    assert.deepEqual((await ask(url('/api/health'))).json, { status: 'ok' });
    const { json } = await ask(url('/api/stats'));
    const { hash, ...model } = json.model;
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(model, { name: 'model', backend: 'cpu', embedDim: 16 });
    assert.deepEqual([json.pictures, json.captions, json.unreadable, json.running, json.waiting], [12, false, 0, 0, 0]);
  });

  it('embeds texts as unit vectors', async () => {
    const [one, other] = (await vectorsOf('a dog', 'a cat')) as [Float32Array, Float32Array];
    assert.equal(one.length, 16);
    assert.ok(Math.abs(dot(one, one) - 1) < 1e-6);
    assert.ok(dot(one, other) < 0.9999);
  });

  it('finds by words what a plain loop finds', async () => {
    const [query] = (await vectorsOf('a dog')) as [Float32Array];
    const { json, status } = await post(url('/api/search'), { query: 'a dog', k: 5 });
    assert.equal(status, 200);
    assertFound(json.results, nearest(query, 5));
    const [first] = json.results;
    assert.equal(first.path, place.names[first.id]);
    assert.deepEqual([first.width, first.height], [40, 30]);
    assert.deepEqual([first.thumbnail, first.picture], [`/api/thumbnails/${first.id}`, `/api/pictures/${first.id}`]);
    assert.equal((await post(url('/api/search'), { query: 'a dog' })).json.results.length, 10);
  });

  it('adds and takes away words and pictures', async () => {
    const [dog, night] = (await vectorsOf('a dog', 'night')) as [Float32Array, Float32Array];
    const sum = dog.map((value, i) => value - 0.5 * (night[i] as number) + 2 * (place.vectors[3]?.[i] as number));
    const length = Math.hypot(...sum);
    const expected = nearest(
      sum.map((value) => value / length),
      4,
    );
    const inTerms = { terms: [{ text: 'a dog' }, { text: 'night', weight: -0.5 }, { id: 3, weight: 2 }], k: 4 };
    assertFound((await post(url('/api/search'), inTerms)).json.results, expected);
    const inBoth = { query: '"a dog" - 0.5 * night', terms: [{ id: 3, weight: 2 }], k: 4 };
    assertFound((await post(url('/api/search'), inBoth)).json.results, expected);
  });

  it('keeps to the filter, the least similarity and the number', async () => {
    const { json } = await post(url('/api/search'), { query: 'a dog', filter: { path: 'sub/*.png' }, k: 3 });
    assert.deepEqual(
      json.results.map(({ path }: { path: string }) => path.slice(0, 4)),
      ['sub/', 'sub/', 'sub/'],
    );
    const ownFolder = { query: 'a dog', filter: { path: place.root } };
    assert.deepEqual((await post(url('/api/search'), ownFolder)).json.results, [], 'where the folder lies is not told');
    const { json: whole } = await post(url('/api/search'), { query: 'a dog', filter: { path: '/sub/1.png' } });
    assert.deepEqual(whole.results, []);
    const { json: glob } = await post(url('/api/search'), { query: 'a dog', filter: { path: '/sub/1.pn?' } });
    assert.deepEqual(
      glob.results.map(({ id }: Row) => id),
      [1],
    );
    const { json: all } = await post(url('/api/search'), { query: 'a dog', k: 12 });
    const least = all.results[4].similarity;
    const { json: some } = await post(url('/api/search'), { query: 'a dog', k: 12, minSimilarity: least });
    assert.deepEqual(some.results, all.results.slice(0, 5));
    const { json: none } = await post(url('/api/search'), { query: 'a dog', filter: { minWidth: 41 } });
    assert.deepEqual(none.results, []);
  });

  it('sorts results by labels, and pictures as well', async () => {
    const labels = ['cat', 'dog', 'tree'];
    const { json } = await post(url('/api/search'), { query: 'a dog', k: 6, labels });
    const { json: classes } = await post(url('/api/classify'), { labels, ids: json.results.map(({ id }: Row) => id) });
    for (const [i, { id, ranked }] of classes.classified.entries()) {
      assert.equal(id, json.results[i].id);
      assert.deepEqual(ranked, json.results[i].facets);
      assert.deepEqual(ranked.map(({ label }: { label: string }) => label).sort(), labels);
      const sum = ranked.reduce((total: number, { probability }: { probability: number }) => total + probability, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5);
    }
    const prompts = await vectorsOf(...labels.map((label) => `a photo of a ${label}.`));
    const best = (id: number) =>
      labels[
        prompts
          .map((prompt) => dot(prompt, place.vectors[id]!))
          .reduce((at, value, i, all) => (value > all[at]! ? i : at), 0)
      ];
    const counts = new Map(json.counts.map(({ label, count }: { label: string; count: number }) => [label, count]));
    for (const label of labels)
      assert.equal(counts.get(label), json.results.filter(({ id }: Row) => best(id) === label).length, label);
    const { json: everything } = await post(url('/api/classify'), { labels });
    assert.equal(everything.classified.length, 12);
  });

  it('finds pictures like one of the index, without that one', async () => {
    const { json } = await post(url('/api/similar'), { id: 0, k: 3 });
    assertFound(json.results, nearest(place.vectors[0]!, 3, 0));
    assert.equal(json.results[0].id, 11, 'the copy comes first');
  });

  it('finds pictures like one that is sent, as a body and in a form', async () => {
    const body = encodePng(drawing(4));
    const { json } = await ask(url('/api/search/picture?k=2'), { body, headers: { 'content-type': 'image/png' } });
    assert.equal(json.results.length, 2);
    assert.equal(json.results[0].id, 4);
    assert.ok(json.results[0].similarity > 0.9999);
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(body)], { type: 'image/png' }), 'any.png');
    const response = await fetch(url('/api/search/picture?k=2'), {
      method: 'POST',
      body: form,
      headers: { 'x-clip-tfjs': '1' },
    });
    assert.deepEqual(((await response.json()) as { results: Row[] }).results, json.results);
  });

  it('adds words and pictures to one that is sent', async () => {
    const [dog] = (await vectorsOf('a dog')) as [Float32Array];
    const [sent, taken] = [place.vectors[4]!, place.vectors[7]!];
    const sum = sent.map((value, i) => value + (dog[i] as number) - 0.5 * (taken[i] as number));
    const length = Math.hypot(...sum);
    const expected = nearest(
      sum.map((value) => value / length),
      5,
    );
    const body = encodePng(drawing(4));
    const headers = { 'content-type': 'image/png' };
    const search = (terms: string) =>
      ask(url(`/api/search/picture?${new URLSearchParams({ k: '5', query: 'a dog', terms })}`), { body, headers });
    assertFound((await search(JSON.stringify([{ id: 7, weight: -0.5 }]))).json.results, expected);
    for (const terms of ['[', '{}', '[]', '[{"id":-1}]', '[{"path":"/etc/passwd"}]', '[{"id":1,"text":"a"}]', '7']) {
      const { status, json } = await search(terms);
      assert.deepEqual([status, json.error.code], [400, 'bad_request'], terms);
    }
    assert.equal((await search('[{"id":99}]')).status, 404);
  });

  it('keeps to a filter beside a picture that is sent', async () => {
    const headers = { 'content-type': 'image/png' };
    const body = encodePng(drawing(4));
    const send = (filter: string) =>
      ask(url(`/api/search/picture?k=3&filter=${encodeURIComponent(filter)}`), { body, headers });
    const { json } = await send('{"path":"sub/"}');
    assert.deepEqual(
      json.results.map(({ path }: { path: string }) => path.slice(0, 4)),
      ['sub/', 'sub/', 'sub/'],
    );
    for (const filter of ['{', '[]', '{"colour":"red"}', '{"after":"x"}']) {
      const { status, json: refused } = await send(filter);
      assert.equal(status, 400, filter);
      assert.match(refused.error.message, /expected filter as \/api\/search has it/);
    }
  });

  it('refuses a form with more than the file, rather than leave it unread', async () => {
    const file = new Blob([new Uint8Array(encodePng(drawing(4)))], { type: 'image/png' });
    for (const [name, value] of [
      ['k', '3'],
      ['other', file],
    ] as const) {
      const form = new FormData();
      form.append('file', file, 'any.png');
      form.append(name, value);
      const response = await fetch(url('/api/search/picture'), {
        method: 'POST',
        body: form,
        headers: { 'x-clip-tfjs': '1' },
      });
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.deepEqual([response.status, error.code], [400, 'bad_multipart']);
      assert.match(error.message, new RegExp(`it has '${name}' too; .* go into the address`));
    }
  });

  it('groups what is nearly the same', async () => {
    const { json } = await ask(url('/api/duplicates?threshold=0.99999'));
    assert.equal(json.total, 1);
    const [{ sameFile, similarity, results }] = json.groups;
    assert.deepEqual([sameFile, results.map(({ id }: Row) => id)], [true, [0, 11]]);
    assert.ok(similarity > 0.99999);
    const { json: none } = await ask(url('/api/duplicates?threshold=0.99999&limit=1'));
    assert.equal(none.groups.length, 1);
  });

  it('shows pictures as they are, and small ones that it keeps', async () => {
    const { bytes, headers } = await ask(url('/api/pictures/1'));
    assert.deepEqual(bytes, await readFile(join(place.pictures, 'sub/1.png')));
    assert.equal(headers['content-type'], 'image/png');
    const small = await ask(url('/api/thumbnails/1'));
    assert.equal(small.headers['content-type'], 'image/jpeg');
    const { image } = await decodeJpeg(small.bytes);
    assert.deepEqual([image.width, image.height], [40, 30]);
    assert.deepEqual((await ask(url('/api/thumbnails/1'))).bytes, small.bytes);
    assert.ok((await readdir(join(place.root, 'thumbnails'))).length >= 1);
    for (const path of ['/api/pictures/1', '/api/thumbnails/1']) {
      const { headers: first } = await ask(url(path));
      const again = await ask(url(path), { headers: { 'if-none-match': first.etag as string } });
      assert.deepEqual([again.status, again.bytes.length], [304, 0]);
    }
    assert.equal((await ask(url('/api/pictures/1'), { method: 'HEAD' })).status, 200);
  });

  it('makes a thumbnail of 256 pixels, and keeps none of a file that has changed since', async () => {
    const path = join(place.pictures, 'wide.png');
    await writeFile(path, encodePng(drawing(20, 1024, 512)));
    const entry = await entryOf(path);
    const id = await addRow(place, entry, place.vectors[2]!);
    const stale = await addRow(place, { ...entry, hash: 'e'.repeat(64), size: entry.size + 1 }, place.vectors[2]!);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { bytes } = await ask(url(`/api/thumbnails/${id}`));
    const { image } = await decodeJpeg(bytes);
    assert.deepEqual([image.width, image.height], [256, 128]);
    assert.deepEqual((await ask(url(`/api/thumbnails/${stale}`))).bytes, bytes);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const kept = await readdir(join(place.root, 'thumbnails'));
    assert.ok(kept.some((name) => name.startsWith(entry.hash)));
    assert.ok(!kept.some((name) => name.startsWith('eeee')));
    const writer = await openIndexForWriting(place.store);
    await writer.remove([id, stale]);
    await writer.close();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal((await post(url('/api/similar'), { id })).status, 404);
    assert.equal((await ask(url(`/api/thumbnails/${id}`))).status, 404);
    assert.equal((await ask(url('/api/stats'))).json.pictures, 12);
  });

  it('serves the files of the page, and no others', async () => {
    const page = await ask(url('/'));
    assert.deepEqual(
      [page.headers['content-type'], page.bytes.toString()],
      ['text/html; charset=utf-8', '<!doctype html><title>page</title>'],
    );
    assert.equal((await ask(url('/sub/main.js'))).headers['content-type'], 'text/javascript; charset=utf-8');
    for (const path of [
      '/drawing.svg',
      '/sub',
      '/sub/',
      '/../model/config.json',
      '/%2e%2e/model/config.json',
      '/sub/..%2f..%2fmodel/config.json',
    ])
      assert.equal((await ask(url(path))).status, 404, path);
  });

  const wrong: [path: string, body: unknown, status: number, message: RegExp][] = [
    ['/api/search', {}, 400, /expected a query or terms/],
    ['/api/search', { query: '' }, 400, /body\/query/],
    ['/api/search', { query: '"open' }, 400, /never closed/],
    ['/api/search', { query: 'photo.jpg' }, 400, /send the picture to \/api\/search\/picture/],
    ['/api/search', { query: '/etc/passwd' }, 400, /expected words/],
    ['/api/search', { query: 'a', k: 0 }, 400, /body\/k must be >= 1/],
    ['/api/search', { query: 'a', k: 1e6 }, 400, /body\/k must be <= 1000/],
    [
      '/api/search',
      { query: 'a', top: 3 },
      400,
      /expected what \/openapi\.json says but body has 'top', which nobody knows/,
    ],
    ['/api/search', { query: ['a'] }, 400, /body\/query must be string/],
    ['/api/search', { terms: [{ text: 'a', id: 3 }] }, 400, /terms\/0/],
    ['/api/search', { terms: [{ weight: 3 }] }, 400, /terms\/0/],
    ['/api/search', { terms: [{ text: 'a' }, { text: 'a', weight: -1 }] }, 400, /cancel out/],
    ['/api/search', { terms: [{ id: 99 }] }, 404, /picture 99: it is not in the index/],
    ['/api/search', { query: 'a', filter: { after: 5, before: 4 } }, 400, /after to be earlier/],
    ['/api/search', { query: 'a', filter: { colour: 'red' } }, 400, /body\/filter has 'colour'/],
    ['/api/search', { query: 'a', labels: ['a', 'a'] }, 400, /duplicate/],
    [
      '/api/search',
      { query: 'word '.repeat(100) },
      400,
      /^Cannot read a text of \d+ tokens: expected \d+ at most, with start and end; shorten it$/,
    ],
    ['/api/search', null, 400, /body must be object/],
    ['/api/similar', { id: 99 }, 404, /picture 99/],
    ['/api/similar', { id: -1 }, 400, /body\/id/],
    ['/api/similar', { id: 0.5 }, 400, /body\/id/],
    ['/api/classify', { labels: [] }, 400, /body\/labels/],
    ['/api/classify', { labels: ['a'], ids: [1, 99] }, 404, /picture 99/],
    ['/api/embed', { texts: Array.from({ length: 257 }, () => 'a') }, 400, /256/],
    ['/api/nothing', {}, 404, /there is no POST \/api\/nothing/],
  ];
  for (const [path, body, status, message] of wrong)
    it(`refuses ${path} ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const { status: got, json } = await post(url(path), body);
      assert.equal(got, status);
      assert.match(json.error.message, message);
      assert.match(json.error.code, /^[a-z_]+$/);
    });

  it('refuses numbers in addresses that are none', async () => {
    for (const path of [
      '/api/pictures/x',
      '/api/pictures/-1',
      '/api/thumbnails/1.5',
      '/api/duplicates?threshold=0',
      '/api/duplicates?threshold=2',
      '/api/duplicates?x=1',
    ])
      assert.equal((await ask(url(path))).status, 400, path);
    for (const path of ['/api/pictures/99', '/api/thumbnails/99'])
      assert.equal((await ask(url(path))).status, 404, path);
  });
});
