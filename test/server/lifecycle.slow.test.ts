import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createIndex, openIndex, openIndexForWriting } from '../../src/node/store/store.ts';
import { ask, post } from './ask.ts';
import { addRow, entryOf, makePlace, type Place, removePlace, serve } from './place.ts';

const token = 'correct-horse-battery-staple';
/** Texts that keep the model busy for some seconds. */
const muchText = Array.from({ length: 80 }, (_, i) => `text ${i} ${'word '.repeat(10)}`);

describe('the server as it runs', () => {
  let place: Place;
  beforeEach(async () => {
    place = await makePlace(6);
  });
  afterEach(() => removePlace(place));

  it('asks for the token, as Bearer or once in the address', async () => {
    const server = await serve(place, { token });
    for (const path of [
      '/',
      '/api/health',
      '/api/stats',
      '/api/thumbnails/0',
      '/api/pictures/0',
      '/openapi.json',
      '/nothing',
    ]) {
      const { status, headers, json } = await ask(server.url + path);
      assert.deepEqual([status, headers['www-authenticate'], json.error.code], [401, 'Bearer', 'no_token'], path);
    }
    for (const authorization of ['Bearer wrong', `Bearer ${token}x`, `Basic ${token}`])
      assert.equal((await ask(`${server.url}/api/stats`, { headers: { authorization } })).status, 401);
    assert.equal((await ask(`${server.url}/api/stats`, { headers: { authorization: `Bearer ${token}` } })).status, 200);
    for (const path of ['/?token=wrong', '/?token=', `/api/stats?token=${token}`])
      assert.equal((await ask(server.url + path)).status, 401, path);
    const opened = await ask(`${server.url}/?token=${token}`);
    assert.deepEqual([opened.status, opened.headers.location], [303, '/']);
    const [cookie = ''] = opened.headers['set-cookie']?.[0]?.split(';') ?? [];
    for (const path of ['/', '/api/stats', '/api/thumbnails/0'])
      assert.equal((await ask(server.url + path, { headers: { cookie } })).status, 200, path);
    const people = await ask(server.url, { headers: { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' } });
    assert.match(
      people.bytes.toString(),
      /^Cannot serve: the token is missing or wrong; .* open .*\?token=\.\.\. once\n$/,
    );
    await server.close();
  });

  it('does not listen where others reach it without a token', async () => {
    await assert.rejects(serve(place, { host: '0.0.0.0' }), /needs a token/);
    const server = await serve(place, { host: '0.0.0.0', token });
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await ask(`http://127.0.0.1:${server.port}/api/stats`, { headers })).status, 200);
    const rebound = { ...headers, host: `evil.example:${server.port}` };
    assert.equal((await ask(`http://127.0.0.1:${server.port}/api/stats`, { headers: rebound })).status, 421);
    await server.close();
  });

  it('answers at once while the model computes', async () => {
    const server = await serve(place);
    await ask(`${server.url}/api/thumbnails/1`);
    let isDone = false;
    const long = post(`${server.url}/api/embed`, { texts: muchText }).finally(() => {
      isDone = true;
    });
    const waits: number[] = [];
    while (!isDone) {
      for (const path of ['/api/health', '/api/thumbnails/1', '/api/stats']) {
        const start = performance.now();
        assert.equal((await ask(server.url + path)).status, 200);
        waits.push(performance.now() - start);
      }
    }
    assert.equal((await long).status, 200);
    waits.sort((one, other) => one - other);
    assert.ok(waits.length >= 12, `only ${waits.length} answers: the work was too short to tell`);
    assert.ok(
      (waits[Math.floor(0.9 * waits.length)] as number) < 250,
      `waits of ${waits.slice(-5).map(Math.round)} ms`,
    );
    await server.close();
  });

  it('does not work for those who are gone', async () => {
    const server = await serve(place, { limits: { running: 1, waiting: 1 } });
    const long = post(`${server.url}/api/embed`, { texts: muchText });
    const gone = new AbortController();
    const stats = async () => (await ask(`${server.url}/api/stats`)).json as { running: number; waiting: number };
    const until = async (fits: (now: { running: number; waiting: number }) => boolean) => {
      while (!fits(await stats())) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await until(({ running }) => running === 1);
    const waiting = ask(`${server.url}/api/search`, {
      body: '{"query":"a"}',
      headers: { 'content-type': 'application/json' },
      signal: gone.signal,
    });
    await until((now) => now.waiting === 1);
    gone.abort();
    await assert.rejects(waiting);
    await until((now) => now.waiting === 0);
    assert.equal((await stats()).running, 1, 'the long one still runs');
    assert.equal((await long).status, 200);
    await server.close();
  });

  it('lets running requests end when it is closed, and takes no others', async () => {
    const server = await serve(place, { limits: { shutdownTime: 60_000 } });
    const long = post(`${server.url}/api/embed`, { texts: muchText.slice(0, 40) });
    while ((await ask(`${server.url}/api/stats`)).json.running === 0);
    const closed = server.close();
    await assert.rejects(ask(`${server.url}/api/health`), /ECONNREFUSED|ECONNRESET/);
    const { status, json } = await long;
    assert.deepEqual([status, json.embeddings.length], [200, 40]);
    await closed;
  });

  it('does not wait for ever when it is closed', async () => {
    const server = await serve(place, { limits: { shutdownTime: 200 } });
    const long = assert.rejects(post(`${server.url}/api/embed`, { texts: muchText }), /hang up|ECONNRESET/);
    while ((await ask(`${server.url}/api/stats`)).json.running === 0);
    const start = performance.now();
    await server.close();
    assert.ok(performance.now() - start < 2000);
    await long;
  });

  it('takes up what is indexed while it runs, and goes on where the store is damaged', async () => {
    const server = await serve(place);
    const count = async () => (await post(`${server.url}/api/similar`, { id: 0, k: 100 })).json.results.length;
    assert.equal(await count(), 5);
    await addRow(place, await entryOf(join(place.pictures, '0.png')), place.vectors[0]!);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(await count(), 6);
    assert.equal((await ask(`${server.url}/api/stats`)).json.pictures, 7);
    await writeFile(join(place.store, 'manifest.json'), '{');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(await count(), 6);
    await server.close();
  });

  it('does not answer from an index that was made anew with another setting, nor from one that is gone', async () => {
    const server = await serve(place);
    assert.equal((await ask(`${server.url}/api/duplicates`)).status, 200);
    const away = join(place.root, 'away');
    await rename(place.store, away);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal((await post(`${server.url}/api/similar`, { id: 0 })).status, 200, 'it goes on as it was');
    const duplicates = await ask(`${server.url}/api/duplicates?threshold=0.5`);
    assert.deepEqual([duplicates.status, duplicates.json.error.code], [503, 'no_index']);
    assert.ok(!duplicates.bytes.toString().includes(place.root), 'where it lies is not told');

    const old = await openIndex(away);
    const writer = await createIndex(place.store, { ...old.index.header, exifRotate: false });
    await writer.append([await entryOf(join(place.pictures, '0.png'))], [place.vectors[0]!]);
    await writer.close();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    for (const answer of [
      await post(`${server.url}/api/similar`, { id: 0 }),
      await ask(`${server.url}/api/duplicates?threshold=0.6`),
      await ask(`${server.url}/api/thumbnails/0`),
    ])
      assert.deepEqual([answer.status, answer.json.error.code], [503, 'other_model']);
    await server.close();
  });

  it('says what is wrong with the store, the model or the port', async () => {
    await assert.rejects(serve(place, { store: join(place.root, 'none') }), /Cannot (read|open) index .*none/);
    await assert.rejects(
      serve(place, { model: { source: 'emoji-clip', backend: 'cpu' } }),
      /it was made by .*model .* but the model is/,
    );
    await assert.rejects(serve(place, { model: { source: join(place.root, 'none') } }), /Cannot load .*none/);
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await assert.rejects(
      serve(place, { port }),
      new RegExp(`^Error: Cannot serve: port ${port} of 127\\.0\\.0\\.1 is taken; choose another one`),
    );
    await assert.rejects(
      serve(place, { port, store: join(place.root, 'none') }),
      /is taken/,
      'before anything large is loaded',
    );
    other.close();
    await assert.rejects(serve(place, { host: '192.0.2.1', token }), /192\.0\.2\.1 is not an address of this machine/);
  });

  it('serves an index without pictures, and says that it found nothing', async () => {
    const writer = await openIndexForWriting(place.store);
    await writer.remove(writer.entries.map(({ id }) => id));
    await writer.close();
    const server = await serve(place);
    assert.deepEqual((await post(`${server.url}/api/search`, { query: 'a' })).json.results, []);
    assert.deepEqual((await post(`${server.url}/api/classify`, { labels: ['a'] })).json.classified, []);
    assert.equal((await ask(`${server.url}/api/duplicates`)).json.total, 0);
    await server.close();
  });

  it('says that a file is gone', async () => {
    const server = await serve(place);
    await rm(join(place.pictures, '0.png'));
    for (const kind of ['pictures', 'thumbnails']) {
      const { status, json } = await ask(`${server.url}/api/${kind}/0`);
      assert.deepEqual([status, json.error.code], [404, 'gone']);
    }
    await server.close();
  });
});
