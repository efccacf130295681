import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { RunningServer } from '../../src/server/start-server.ts';
import { type Answer, ask, post, speak } from './ask.ts';
import { addRow, entryOf, makePlace, type Place, removePlace, serve } from './place.ts';

const limits = { headersTime: 600, requestTime: 1500, decodeTime: 5000, pixels: 1e6 };

describe('the server against what it may meet', () => {
  let place: Place;
  let server: RunningServer;
  let url: (path: string) => string;
  const faults: Error[] = [];
  before(async () => {
    place = await makePlace(6);
    await mkdir(join(place.root, 'page'));
    await writeFile(join(place.root, 'page', 'index.html'), '<!doctype html><title>page</title>');
    server = await serve(place, { limits, onFault: (error) => faults.push(error) });
    url = (path) => server.url + path;
  });
  afterEach(async () => {
    assert.deepEqual(faults, [], 'nothing that a client does is a fault of the server');
    const start = performance.now();
    assert.equal((await ask(url('/api/health'))).status, 200);
    assert.ok(performance.now() - start < 500, 'it still answers');
  });
  after(async () => {
    await server.close();
    await removePlace(place);
  });

  function assertRefused({ status, json, headers }: Answer, expected: number, code?: string): void {
    assert.equal(status, expected, JSON.stringify(json));
    if (code) assert.equal(json.error.code, code);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  }

  it('answers to its own names alone: DNS rebinding', async () => {
    const host = (name: string) => ask(url('/api/stats'), { headers: { host: name } });
    for (const name of [`localhost:${server.port}`, `127.0.0.1:${server.port}`, `[::1]:${server.port}`])
      assert.equal((await host(name)).status, 200, name);
    for (const name of [
      `evil.example:${server.port}`,
      'evil.example',
      'localhost',
      'localhost:1',
      `localhost.evil.example:${server.port}`,
    ])
      assertRefused(await host(name), 421, 'foreign_host');
    assert.match(await speak(server.port, 'GET /api/stats HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400/);
    const absolute = `GET http://evil.example/api/stats HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
    assert.match(await speak(server.port, absolute), /^HTTP\/1\.1 421/);
    const posted = await post(url('/api/search'), { query: 'a' }, { host: `evil.example:${server.port}` });
    assertRefused(posted, 421, 'foreign_host');
  });

  it('takes no posts, and shows nothing, from other sites', async () => {
    const own = { origin: server.url, 'sec-fetch-site': 'same-origin' };
    assert.equal((await post(url('/api/search'), { query: 'a' }, own)).status, 200);
    for (const origin of [
      'http://evil.example',
      'null',
      `https://127.0.0.1:${server.port}`,
      'http://127.0.0.1:1',
      `http://localhost:${server.port}`,
    ])
      assertRefused(await post(url('/api/search'), { query: 'a' }, { origin }), 403, 'foreign_origin');
    for (const site of ['cross-site', 'same-site'])
      for (const path of ['/api/stats', '/api/pictures/0', '/api/thumbnails/0', '/'])
        assertRefused(
          await ask(url(path), { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' } }),
          403,
          'foreign_site',
        );
  });

  it('takes no posts that a form of another site could send', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      'Text/Plain;charset=utf-8',
    ])
      assertRefused(
        await ask(url('/api/search'), { body: '{"query":"a"}', headers: { 'content-type': type } }),
        415,
        'unsupported_type',
      );
    assertRefused(await ask(url('/api/search'), { body: '{"query":"a"}' }), 415, 'unsupported_type');
    assertRefused(await ask(url('/api/search'), { body: 'a', headers: { 'content-type': 'application/xml' } }), 415);
  });

  it('lets a link to the page in, and that alone', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    assert.equal((await ask(url('/'), { headers: link })).status, 200);
    assertRefused(await ask(url('/'), { headers: { ...link, 'sec-fetch-dest': 'iframe' } }), 403);
  });

  it('allows other sites nothing, in no answer', async () => {
    const preflight = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const answers = [
      await ask(url('/api/search'), { method: 'OPTIONS', headers: preflight }),
      await ask(url('/api/stats')),
      await ask(url('/')),
      await ask(url('/api/thumbnails/0')),
      await ask(url('/api/pictures/0')),
      await ask(url('/nothing')),
      await post(url('/api/search'), {}),
    ];
    for (const { headers } of answers) {
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control')),
        [],
      );
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(
        headers['content-security-policy'] as string,
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/,
      );
    }
    assert.equal(answers[0]?.status, 403);
  });

  it('opens no file that a request names: traversal', async () => {
    const paths = [
      '/../../../etc/passwd',
      '/..%2f..%2f..%2fetc%2fpasswd',
      '/%2e%2e/model/config.json',
      '/api/pictures/../../etc/passwd',
      '/api/pictures/..%2f..%2fetc%2fpasswd',
      '/api/pictures//etc/passwd',
      '/api/pictures/%2fetc%2fpasswd',
      '/api/pictures/0%00.png',
      '/api/thumbnails/0/../../model',
      '/api/pictures/%',
      '//etc/passwd',
      '/..\\..\\model\\config.json',
    ];
    for (const path of paths) {
      const heard = await speak(
        server.port,
        `GET ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(heard, /^HTTP\/1\.1 40[04] /, path);
      assert.ok(!heard.includes('root:'), path);
    }
  });

  it('shows no file outside of the folders, though the index has it, and no SVG', async () => {
    await writeFile(join(place.root, 'secret.txt'), 'root:x:0:0');
    await writeFile(
      join(place.pictures, 'drawing.png'),
      '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    );
    const outside = await addRow(place, await entryOf(join(place.root, 'secret.txt')), place.vectors[0]!);
    const svg = await addRow(place, await entryOf(join(place.pictures, 'drawing.png')), place.vectors[0]!);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    for (const kind of ['pictures', 'thumbnails']) {
      assertRefused(await ask(url(`/api/${kind}/${outside}`)), 403, 'outside');
      assertRefused(await ask(url(`/api/${kind}/${svg}`)), 415, 'no_picture');
    }
    const sent = await ask(url('/api/search/picture'), {
      body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
      headers: { 'content-type': 'image/svg+xml' },
    });
    assertRefused(sent, 415, 'unreadable_picture');
  });

  it('refuses headers that are huge, or many', async () => {
    assertRefused(
      await ask(url('/api/health'), { headers: { 'x-long': 'a'.repeat(20_000) } }),
      431,
      'headers_too_large',
    );
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x-${i}`, 'a'.repeat(20)]));
    assertRefused(await ask(url('/api/health'), { headers: many }), 431);
    const { status } = await ask(url(`/api/duplicates?threshold=${'1'.repeat(20_000)}`));
    assert.equal(status, 431);
    assert.match(await speak(server.port, 'no HTTP at all\r\n\r\n'), /^HTTP\/1\.1 400 /);
  });

  it('refuses a picture that would fill the memory, before it is decoded: a bomb', async () => {
    const headers = { 'content-type': 'image/png' };
    const start = performance.now();
    for (const side of [60_000, 1001]) {
      const answer = await ask(url('/api/search/picture'), { body: png(side, side), headers });
      assertRefused(answer, 415, 'unreadable_picture');
      assert.match(
        answer.json.error.message,
        new RegExp(`${side} x ${side} are ${side ** 2} pixels, more than 1000000`),
      );
    }
    assert.ok(performance.now() - start < 3000);
    assertRefused(await ask(url('/api/search/picture'), { body: png(10, 10), headers }), 415, 'unreadable_picture');
    assertRefused(await ask(url('/api/search/picture'), { body: Buffer.alloc(0), headers }), 415);
    assertRefused(await ask(url('/api/search/picture'), { body: 'no picture', headers }), 415, 'unreadable_picture');
  });

  it('hangs up on clients that are slow with their headers: slow loris', async () => {
    const start = performance.now();
    const chunks = Array.from({ length: 100 }, (_, i) => `X-${i}: a\r\n`);
    const slow = Array.from({ length: 50 }, () =>
      speak(server.port, `GET / HTTP/1.1\r\nHost: localhost:${server.port}\r\n`, { chunks, every: 100 }),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await post(url('/api/search'), { query: 'a' })).status, 200, 'others are served meanwhile');
    for (const heard of await Promise.all(slow)) assert.match(heard, /^HTTP\/1\.1 408 /);
    assert.ok(performance.now() - start < 4000);
  });

  it('hangs up on clients that are slow with their body', async () => {
    const start = performance.now();
    const head = `POST /api/search/picture HTTP/1.1\r\nHost: localhost:${server.port}\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n`;
    const slow = Array.from({ length: 8 }, () =>
      speak(server.port, head, { chunks: Array.from({ length: 100 }, () => 'a'), every: 100 }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ninth = await ask(url('/api/search/picture'), { body: 'a', headers: { 'content-type': 'image/png' } });
    assertRefused(ninth, 503, 'busy');
    assert.equal(ninth.headers['retry-after'], '1');
    assert.equal((await post(url('/api/search'), { query: 'a' })).status, 200, 'others are served meanwhile');
    for (const heard of await Promise.all(slow)) assert.match(heard, /^HTTP\/1\.1 408 |^$/);
    assert.ok(performance.now() - start < 6000);
    const after = await ask(url('/api/search/picture'), { body: 'a', headers: { 'content-type': 'image/png' } });
    assertRefused(after, 415, 'unreadable_picture');
  });

  it('takes no body of 100 MB, told or not', async () => {
    for (const [path, type] of [
      ['/api/search/picture', 'image/png'],
      ['/api/search', 'application/json'],
      ['/api/search/picture', 'multipart/form-data; boundary=b'],
    ] as const)
      for (const isTold of [true, false]) {
        const { status, sent } = await flood(path, type, 100e6, isTold);
        assert.ok(status === 413 || status === undefined, `${type}: ${status}`); // a client that goes on sending is cut off
        assert.ok(sent < 60e6, `${type}: ${sent} bytes went through`);
        if (isTold) assert.equal(sent, 0, 'the length alone is enough');
      }
    const fits = await ask(url('/api/search'), {
      body: JSON.stringify({ query: 'a', x: 'a'.repeat(200_000) }),
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(fits.status, 400);
    assertRefused(await post(url('/api/search'), { query: 'a'.repeat(300_000) }), 413, 'too_large');
  });

  it('refuses a query of 10,000 characters', async () => {
    const answer = await post(url('/api/search'), { query: 'a '.repeat(5000) });
    assertRefused(answer, 400, 'bad_request');
    assert.match(answer.json.error.message, /body\/query must NOT have more than 2000 characters/);
  });

  it('refuses forms that are none', async () => {
    const part = (name: string, text: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${name}.png"\r\nContent-Type: image/png\r\n\r\n${text}\r\n`;
    const bodies: [type: string, body: string, status: number][] = [
      ['multipart/form-data', `${part('a', 'a')}--b--\r\n`, 400],
      ['multipart/form-data; boundary=', 'a', 400],
      ['multipart/form-data; boundary=b', '', 400],
      ['multipart/form-data; boundary=b', 'no form', 400],
      ['multipart/form-data; boundary=b', '--b--\r\n', 400],
      ['multipart/form-data; boundary=b', `${part('a', 'a').slice(0, -3)}`, 400],
      [
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\ntext\r\n--b--\r\n',
        400,
      ],
      ['multipart/form-data; boundary=b', `--b\r\n${'X: a\r\n'.repeat(5000)}\r\n`, 400],
      ['multipart/form-data; boundary=b', `${part('a', 'a')}--b--\r\n`, 415],
      ['multipart/form-data; boundary=b', `${part('__proto__', 'a')}--b--\r\n`, 400],
    ];
    for (const [type, body, status] of bodies) {
      const answer = await ask(url('/api/search/picture'), {
        body,
        headers: { 'content-type': type, 'x-clip-tfjs': '1' },
      });
      assert.ok(
        answer.status === status || (status === 400 && answer.status === 415),
        `${type} ${body.slice(0, 80)}: ${answer.status} ${answer.json.error.message}`,
      );
    }
    for (const body of ['{', '{"query":"a"', '', '[', '{"__proto__":{"a":1},"query":"a"}', '\xff'])
      assertRefused(
        await ask(url('/api/search'), { body, headers: { 'content-type': 'application/json' } }),
        400,
        'bad_request',
      );
  });

  it('refuses more than it can take on with 503 and Retry-After', async () => {
    const small = await serve(place, { limits: { running: 1, waiting: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => post(`${small.url}/api/search`, { query: 'a' })),
    );
    const refused = answers.filter(({ status }) => status === 503);
    assert.ok(refused.length > 0 && refused.length < 40, `${refused.length} refused`);
    for (const answer of refused) {
      assertRefused(answer, 503, 'busy');
      assert.equal(answer.headers['retry-after'], '1');
    }
    assert.ok(answers.every(({ status }) => status === 200 || status === 503));
    await small.close();
  });

  /** Sends zeros until it is answered or cut off. */
  function flood(
    path: string,
    type: string,
    bytes: number,
    isTold: boolean,
  ): Promise<{ status?: number; sent: number }> {
    return new Promise((resolve) => {
      const headers = { 'content-type': type, 'x-clip-tfjs': '1', ...(isTold && { 'content-length': bytes }) };
      let sent = 0;
      let isAnswered = false;
      const client = request(url(path), { method: 'POST', headers, agent: false });
      const stop = (status?: number) => {
        isAnswered = true;
        resolve({ ...(status !== undefined && { status }), sent });
        client.destroy();
      };
      client.on('response', ({ statusCode }) => stop(statusCode));
      client.on('error', () => stop());
      const form = Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n',
      );
      const chunk = Buffer.alloc(2 ** 20);

      let isForm = type.startsWith('multipart');
      const write = (): void => {
        if (isAnswered || sent >= bytes - form.length) return;
        const piece = isForm ? form : chunk;
        isForm = false;
        sent += piece.length;
        client.write(piece, () => setImmediate(write));
      };
      if (!isTold) write();
      else {
        client.flushHeaders();
        setTimeout(write, 300);
      }
    });
  }
});

/** A PNG of one colour that says to be so large, whose data are those of a row. */
function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (name: string, data: Buffer) => {
    const content = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(content));
    return Buffer.concat([length, content, sum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(5))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
