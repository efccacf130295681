import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Hub, openHub } from '../../../src/node/hub/hub.ts';
import { HubError } from '../../../src/node/hub/hub-error.ts';
import { partialPath } from '../../../src/node/hub/partial-path.ts';
import { pullModel } from '../../../src/node/hub/pull.ts';
import type { PullOptions } from '../../../src/node/hub/pulled.ts';
import { loadClip } from '../../../src/node.ts';
import { goldens } from '../../golden.ts';
import { collectWarnings } from '../../warnings.ts';
import { cut, isBody, type MockHub, readFiles, sendUntil, startMockHub, testCommit } from './mock-hub.ts';

const repository = 'test-org/tiny-clip';
const name = `hf-hub:${repository}`;

describe('pulling from a hub with faults', () => {
  let directory: string;
  let mock: MockHub;
  let hub: Hub;
  let waits: number[];
  let weights: Buffer;
  let sha256: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const model = join(goldens, 'models', 'hf-vit-gelu');
    mock = await startMockHub(
      repository,
      await readFiles(model, { 'config.json': 'config.json', 'model.safetensors': 'model.safetensors' }),
    );
    weights = mock.files.get('model.safetensors') as Buffer;
    sha256 = createHash('sha256').update(weights).digest('hex');
    waits = [];
    hub = {
      ...(await openHub({ HF_ENDPOINT: mock.endpoint, HF_HUB_CACHE: join(directory, 'hub'), HF_TOKEN: 'secret' })),
      attempts: 3,
      patience: 20_000,
      wait: async (milliseconds) => void waits.push(milliseconds),
    };
  });
  afterEach(async () => {
    await mock.close();
    await rm(directory, { recursive: true });
  });

  const pull = (options: PullOptions = {}, changed: Partial<Hub> = {}) =>
    pullModel(name, options, { ...hub, ...changed });
  const blobs = () => join(hub.cache, 'models--test-org--tiny-clip', 'blobs');
  const blob = () => join(blobs(), sha256);
  const assertWhole = async () => {
    assert.deepEqual(await readFile(blob()), weights);
    assert.deepEqual(
      (await readdir(blobs())).filter((file) => file.includes('incomplete')),
      [],
    );
  };
  /** Faults once, at the first transfer of the body. */
  const once = (fault: NonNullable<MockHub['fault']>) => {
    let isOver = false;
    mock.fault = (exchange) => {
      if (isOver || !isBody(exchange.seen)) return false;
      isOver = true;
      return fault(exchange);
    };
  };

  describe('1. a connection that is cut', () => {
    const headerEnd = 8 + 5000;
    for (const offset of [0, 1, 7, 8, 100, headerEnd, 65_536, 131_073, 200_000, -1]) {
      it(`at byte ${offset} goes on there, and asks for exactly the missing bytes`, async () => {
        const at = (offset + weights.length) % weights.length;
        once((exchange) => cut(mock, exchange, at, hub.cache));
        const { received } = await pull();
        const [first, second, ...more] = mock.bodies();
        assert.deepEqual(more, []);
        assert.equal(first?.range, undefined);
        assert.equal(second?.range, at === 0 ? undefined : `bytes=${at}-`);
        assert.equal(second?.ifRange, at === 0 ? undefined : mock.etag);
        const config = mock.files.get('config.json')?.length ?? 0;
        assert.equal(received, weights.length + config);
        await assertWhole();
      });
    }

    it('goes on in the next run, from what the last one left', async () => {
      mock.fault = (exchange) => isBody(exchange.seen) && cut(mock, exchange, 150_000, hub.cache);
      await assert.rejects(pull({}, { attempts: 1 }), (error: Error) => {
        assert.ok(error instanceof HubError);
        return /closed|terminated/.test(error.message) && /what has come is kept/.test(error.message);
      });
      assert.equal((await readFile(partialPath(blob()))).length, 150_000);
      mock.fault = undefined;
      const { received } = await pull();
      assert.equal(received, weights.length - 150_000);
      assert.equal(mock.bodies().at(-1)?.range, 'bytes=150000-');
      await assertWhole();
    });

    it('gives up after as many attempts in a row without a byte as it is told', async () => {
      mock.fault = (exchange) => isBody(exchange.seen) && cut(mock, exchange, exchange.start, hub.cache);
      await assert.rejects(pull(), HubError);
      assert.equal(mock.bodies().length, 3);
      assert.deepEqual(waits, [1000, 2000]);
    });

    it('begins anew where the server has another file now', async () => {
      once(async (exchange) => {
        mock.etag = '"another"';
        await cut(mock, exchange, 1000, hub.cache);
        mock.etag = '"one"';
        return true;
      });
      await pull();
      assert.equal(mock.bodies()[1]?.ifRange, '"another"');
      await assertWhole();
    });

    it('is noticed where the server just falls silent', async () => {
      once(async (exchange) => {
        await sendUntil(mock, exchange, 5000, hub.cache);
        return true;
      });
      await pull({}, { patience: 500, attempts: 20 });
      assert.equal(mock.bodies().at(-1)?.range, 'bytes=5000-');
      await assertWhole();
    });
  });

  describe('2. a bit that was flipped on the way', () => {
    for (const position of [9, 6000, 140_000, -1]) {
      it(`at byte ${position} never reaches the cache`, async () => {
        once(({ response, bytes }) => {
          const damaged = Buffer.from(bytes);
          const at = (position + bytes.length) % bytes.length;
          damaged[at] = (damaged[at] as number) ^ 1;
          response.writeHead(200, { 'content-length': bytes.length, etag: mock.etag }).end(damaged);
          return true;
        });
        await assert.rejects(pull(), /expected sha256 [0-9a-f]{64} but got [0-9a-f]{64}: it was damaged on the way/);
        assert.deepEqual(
          (await readdir(blobs())).filter((file) => file.startsWith(sha256)),
          [],
        );
        await assert.rejects(loadClipHere(), /found no weights|not in/);
        await pull();
        await assertWhole();
      });
    }

    it('in a small file, whose hash is that of Git, never reaches the cache', async () => {
      mock.hubFault = (request, response) => {
        if (request.method !== 'GET' || !request.url?.endsWith('config.json')) return false;
        const bytes = Buffer.from(mock.files.get('config.json') as Buffer);
        bytes[20] = (bytes[20] as number) ^ 4;
        response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
        return true;
      };
      await assert.rejects(pull(), /config.json: expected git-sha1 [0-9a-f]{40} but got/);
      assert.deepEqual(await readdir(blobs()), []);
    });

    it('in what an earlier run left is noticed too', async () => {
      await mkdir(blobs(), { recursive: true });
      const left = Buffer.from(weights.subarray(0, 80_000));
      left[79_999] = (left[79_999] as number) ^ 128;
      await writeFile(partialPath(blob()), left);
      await assert.rejects(pull(), /damaged on the way/);
      await pull();
      await assertWhole();
    });

    it('in a file that another program put there is mended', async () => {
      await mkdir(blobs(), { recursive: true });
      const damaged = Buffer.from(weights);
      damaged[1234] = (damaged[1234] as number) ^ 1;
      await writeFile(blob(), damaged);
      const [warning] = await collectWarnings(() => pull());
      assert.match(warning ?? '', /model.safetensors in the cache is damaged: .*; fetching it anew/);
      await assertWhole();
    });
  });

  it('3. a server that answers a range with the whole file: taken from the start', async () => {
    mock.fault = async (exchange) => {
      const { seen, response } = exchange;
      if (!isBody(seen)) return false;
      if (seen.range === undefined) return cut(mock, exchange, 90_000, hub.cache);
      response.writeHead(200, { 'content-length': weights.length }).end(weights);
      return true;
    };
    await pull();
    assert.deepEqual(
      mock.bodies().map(({ range }) => range),
      [undefined, 'bytes=90000-'],
    );
    await assertWhole();
  });

  it('3. a server that knows no ranges at all: its headers are read from the start of the file', async () => {
    mock.fault = ({ response }) => {
      response.writeHead(200, { 'content-length': weights.length }).end(weights);
      return true;
    };
    await pull();
    await assertWhole();
  });

  it('4. a server that refuses the range (416): taken from the start', async () => {
    mock.fault = async (exchange) => {
      const { seen, response } = exchange;
      if (!isBody(seen)) return false;
      if (seen.range !== undefined) return !!response.writeHead(416, { 'content-range': 'bytes */1' }).end();
      return mock.bodies().length === 1 ? cut(mock, exchange, 90_000, hub.cache) : false;
    };
    await pull();
    assert.deepEqual(
      mock.bodies().map(({ range }) => range),
      [undefined, 'bytes=90000-', undefined],
    );
    await assertWhole();
  });

  it('4. a server that sends another range than the asked one: refused', async () => {
    mock.fault = async (exchange) => {
      const { seen, response, bytes, start } = exchange;
      if (!isBody(seen)) return false;
      if (start === 0) return cut(mock, exchange, 1000, hub.cache);
      response
        .writeHead(206, { 'content-range': `bytes ${start + 1}-${weights.length - 1}/${weights.length}` })
        .end(bytes);
      return true;
    };
    await assert.rejects(pull(), /expected bytes from 1000 on, of \d+, but the server gave bytes 1001-/);
  });

  describe('5. too many requests (429)', () => {
    it('waits as long as Retry-After says', async () => {
      once(({ response }) => !!response.writeHead(429, { 'retry-after': '7' }).end());
      await pull();
      assert.deepEqual(waits, [7000]);
      await assertWhole();
    });

    it('waits until the date that Retry-After names', async () => {
      once(
        ({ response }) =>
          !!response.writeHead(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end(),
      );
      await pull();
      assert.ok(waits.length === 1 && (waits[0] as number) > 55_000 && (waits[0] as number) <= 60_000, String(waits));
    });

    it('does not wait an hour', async () => {
      mock.hubFault = (_, response) => !!response.writeHead(429, { 'retry-after': '3600' }).end();
      await assert.rejects(pull(), /asks to come back in 60 minutes/);
      assert.deepEqual(waits, []);
    });

    it('ends after as many attempts as it is told', async () => {
      mock.hubFault = (_, response) => !!response.writeHead(429).end();
      await assert.rejects(pull(), (error: HubError) => error.status === 429);
      assert.deepEqual(waits, [1000, 2000]);
    });
  });

  describe('6. redirects', () => {
    it('never take the token to another host', async () => {
      await pull();
      const [hubs, storages] = [mock.requests.filter(({ host }) => host === 'hub'), mock.bodies()];
      assert.ok(hubs.length > 3 && storages.length > 0);
      assert.ok(hubs.every(({ authorization }) => authorization === 'Bearer secret'));
      assert.ok(mock.requests.every(({ host, authorization }) => host === 'hub' || authorization === undefined));
    });

    it('are followed five times at most', async () => {
      mock.hubFault = (request, response) =>
        !!response.writeHead(307, { location: `${request.url}${request.url?.includes('?') ? '&' : '?'}again` }).end();
      await assert.rejects(pull(), /redirected more than 5 times/);
      assert.equal(mock.requests.length, 6);
    });

    for (const location of ['http://example.com/model', 'file:///etc/passwd', 'ftp://127.0.0.1/x']) {
      it(`to ${location} are not followed`, async () => {
        mock.hubFault = (request, response) =>
          request.method === 'GET' && request.url?.endsWith('.safetensors')
            ? !!response.writeHead(302, { location }).end()
            : false;
        await assert.rejects(pull(), /expected https \(http only on this machine\)/);
      });
    }
  });

  describe('8. a full disk', () => {
    it('is noticed before a byte of the file comes', async () => {
      await assert.rejects(
        pull({}, { freeBytes: async () => 100_000 }),
        /expected 274 kB free on the disk of .* but got 100 kB; free some/,
      );
      assert.deepEqual(mock.bodies(), []);
    });

    it('that fills up on the way is told, and the link that stands for it is not taken for a file', async function () {
      if (process.platform !== 'linux') return this.skip(); // needs /dev/full, which only Linux has
      await mkdir(blobs(), { recursive: true });
      await symlink('/dev/full', partialPath(blob()));
      await assert.rejects(pull(), /the disk is full after 0 kB; free some and run the command again/);
      await rm(partialPath(blob()));
      await pull();
      await assertWhole();
    });
  });

  describe('9. a cache that cannot be written to', () => {
    const asNobody = async (work: () => Promise<void>) => {
      await chmod(directory, 0o755);
      const isRoot = process.geteuid?.() === 0; // to whom permissions do not apply
      if (isRoot) process.seteuid?.(65534);
      try {
        await work();
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
    };

    it('ends with the cure before a byte of the weights comes', async function () {
      if (process.platform === 'win32') return this.skip(); // permissions are another thing there
      await mkdir(hub.cache, { mode: 0o555 });
      await asNobody(() => assert.rejects(pull(), /Cannot write to the cache .*; make it writable, or name another/));
      assert.deepEqual(mock.bodies(), []);
    });

    it('is good enough where all is there', async function () {
      if (process.platform === 'win32') return this.skip();
      await pull();
      const before = mock.bodies().length;
      const all = await readdir(hub.cache, { recursive: true, withFileTypes: true });
      const directories = all.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
      for (const path of [hub.cache, ...directories]) await chmod(path, 0o555);
      await asNobody(async () => {
        assert.equal((await pull()).received, 0);
        assert.equal((await pull({ offline: true, verify: true })).received, 0);
      });
      for (const path of [hub.cache, ...directories]) await chmod(path, 0o755);
      assert.equal(mock.bodies().length, before);
    });
  });

  describe('10. a wrong size', () => {
    it('of the body is refused before it is read', async () => {
      once(
        ({ response, bytes }) =>
          !!response.writeHead(200, { 'content-length': bytes.length - 5 }).end(bytes.subarray(5)),
      );
      await assert.rejects(pull(), /expected \d+ bytes, as the hub told, but the server has \d+/);
    });

    it('of a body that does not tell it is refused as soon as too much comes', async () => {
      once(({ response, bytes }) => !!response.writeHead(200).end(Buffer.concat([bytes, Buffer.alloc(1_000_000)])));
      await assert.rejects(pull(), /but more came/);
    });

    it('that the hub tells does not fit the header', async () => {
      mock.hubFault = (request, response) => {
        if (request.method !== 'HEAD' || !request.url?.endsWith('.safetensors')) return false;
        const headers = {
          'x-linked-etag': `"${sha256}"`,
          'x-linked-size': 1000,
          location: `${mock.storage}/${sha256}`,
        };
        response.writeHead(302, headers).end();
        return true;
      };
      await assert.rejects(pull(), /the server gave bytes 0-7\/|header takes/);
      assert.deepEqual(mock.bodies(), []);
    });

    it('or hash that the hub does not tell: nothing is taken on trust', async () => {
      mock.hubFault = (request, response) =>
        request.method === 'HEAD' ? !!response.writeHead(200, { etag: '"17-abc"', 'content-length': 5 }).end() : false;
      await assert.rejects(pull(), /what cannot be checked is not taken/);
    });
  });

  describe('11. names that lead elsewhere', () => {
    for (const evil of [
      '../../evil.txt',
      '/etc/evil',
      'C:\\evil',
      'D:evil',
      '\\\\host\\share',
      'a/../../b',
      'a//b',
      './a',
      'a\0b',
      'a/..',
    ]) {
      it(`${JSON.stringify(evil)} in a repository: refused before anything is fetched`, async () => {
        mock.files.set(evil, Buffer.from('evil'));
        await assert.rejects(pull(), /is not a plain relative path; the repository is not to be trusted/);
        assert.equal(mock.requests.length, 1);
      });
    }

    for (const evil of [
      'hf-hub:../..',
      'hf-hub:a/b/c',
      'hf-hub:a--b/c',
      'hf-hub:/etc',
      'hf-hub:a\\b',
      'hf-hub:.a/b',
      'hf-hub:a/b@../c',
    ])
      it(`${evil} is no repository`, () => assert.rejects(pullModel(evil, {}, hub), /Cannot use /));

    it('a commit that is none is refused', async () => {
      mock.commit = '../../../etc';
      await assert.rejects(pull(), /expected sha to be a commit/);
    });

    it('a link in the cache that leads out of it is not written through', async () => {
      const outside = join(directory, 'outside');
      await mkdir(outside);
      await mkdir(dirname(blobs()), { recursive: true });
      await symlink(outside, blobs());
      await assert.rejects(pull(), /a link in the cache leads to .*outside/);
      assert.deepEqual(await readdir(outside), []);
    });
  });

  describe('12. without a network', () => {
    it('a model that is not there is an error with the cure, and no server is asked', async () => {
      for (const [options, changed] of [
        [{ offline: true }, {}],
        [{}, { isOffline: true }],
      ] as const)
        await assert.rejects(
          pull(options, changed),
          /are not in .*; run 'clip-tfjs pull hf-hub:test-org\/tiny-clip' where there is/,
        );
      assert.deepEqual(mock.requests, []);
    });

    it('a model that is there is found by name', async () => {
      await pull();
      const asked = mock.requests.length;
      const { commit, received } = await pull({ offline: true });
      assert.deepEqual([commit, received], [testCommit, 0]);
      assert.equal(mock.requests.length, asked);
    });

    it('a server that is not there is told after the attempts', async () => {
      await mock.close();
      await assert.rejects(pull(), /ECONNREFUSED.*check the network and run the command again/);
      assert.deepEqual(waits, [1000, 2000]);
    });

    it('what was changed since is noticed: the size always, a bit by verify', async () => {
      const { directory: snapshot } = await pull();
      const path = await realpath(join(snapshot, 'model.safetensors'));
      const damaged = Buffer.from(weights);
      damaged[99_999] = (damaged[99_999] as number) ^ 2;
      await writeFile(path, damaged);
      await pull({ offline: true });
      await assert.rejects(
        pull({ offline: true, verify: true }),
        /expected model.safetensors .* but its content is another/,
      );
      assert.equal((await collectWarnings(() => pull({ verify: true }))).length, 1);
      await assertWhole();
      await writeFile(path, weights.subarray(1));
      await assert.rejects(pull({ offline: true }), /but it has \d+/);
      await assert.rejects(loadClipHere(), /expected model.safetensors of \d+ bytes, as pulled, but it has \d+ bytes/);
    });
  });

  it('leaves relative links, as Python does', async () => {
    const { directory: snapshot } = await pull();
    for (const file of ['config.json', 'model.safetensors'])
      assert.ok((await lstat(join(snapshot, file))).isSymbolicLink());
    assert.equal(await realpath(join(snapshot, 'model.safetensors')), await realpath(blob()));
  });

  async function loadClipHere() {
    const { HF_HUB_CACHE } = process.env;
    process.env.HF_HUB_CACHE = hub.cache;
    try {
      return await loadClip(name);
    } finally {
      if (HF_HUB_CACHE === undefined) delete process.env.HF_HUB_CACHE;
      else process.env.HF_HUB_CACHE = HF_HUB_CACHE;
    }
  }
});
