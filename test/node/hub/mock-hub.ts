import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A request as it came in. */
export type Seen = {
  host: 'hub' | 'storage';
  method: string;
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
  authorization: string | undefined;
};

/** What a fault gets of a transfer from the storage: the bytes that would be sent, and from where on. */
export type Exchange = { seen: Seen; response: ServerResponse; bytes: Buffer; start: number; total: number };

/**
 * A hub on loopback: lists a repository's files, says size and hash by HEAD, and sends safetensors by a redirect to a storage, which is
 * another server on another port, as the real one does. `fault` may answer in the storage's place by returning true; `hubFault` in the hub's.
 */
export type MockHub = {
  endpoint: string;
  storage: string;
  commit: string;
  files: Map<string, Buffer>;
  requests: Seen[];
  /** The transfers of a file's body: those that ask for its start or go on to its end. */
  bodies: () => Seen[];
  fault: ((exchange: Exchange) => boolean | Promise<boolean>) | undefined;
  hubFault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  etag: string;
  close: () => Promise<void>;
};

export const testCommit = '0123456789abcdef0123456789abcdef01234567';

/** Reads files of a directory under the names that they have in the repository. */
export async function readFiles(
  directory: string,
  names: Readonly<Record<string, string>>,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const [name, file] of Object.entries(names)) files.set(name, await readFile(join(directory, file)));
  return files;
}

export async function startMockHub(repository: string, files: Map<string, Buffer>): Promise<MockHub> {
  const requests: Seen[] = [];
  const note = (host: Seen['host'], { method = '', url = '', headers }: IncomingMessage): Seen => {
    const { range, authorization } = headers;
    const seen = { host, method, path: url, range, ifRange: headers['if-range'] as string | undefined, authorization };
    requests.push(seen);
    return seen;
  };
  const hub = createServer((request, response) => {
    note('hub', request);
    if (mock.hubFault?.(request, response)) return;
    const url = request.url ?? '';
    if (url.startsWith(`/api/models/${repository}/revision/`)) {
      const siblings = [...mock.files.keys()].map((rfilename) => ({ rfilename }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ sha: mock.commit, siblings }));
      return;
    }
    const [, name = ''] = decodeURIComponent(url).match(/\/resolve\/[^/]+\/(.*)$/) ?? [];
    const bytes = mock.files.get(name);
    if (!url.startsWith(`/${repository}/resolve/`) || !bytes) return void response.writeHead(404).end();
    response.setHeader('x-repo-commit', mock.commit);
    if (!name.endsWith('.safetensors')) {
      response.setHeader('etag', `"${gitBlob(bytes)}"`).setHeader('content-length', bytes.length);
      return void response.end(request.method === 'HEAD' ? undefined : bytes);
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    response.setHeader('x-linked-etag', `"${sha256}"`).setHeader('x-linked-size', bytes.length);
    response.setHeader('etag', '"of the pointer"').setHeader('location', `${mock.storage}/${sha256}`);
    response.writeHead(302).end();
  });
  const storage = createServer(async (request, response) => {
    const seen = note('storage', request);
    const sha256 = (request.url ?? '').slice(1);
    const bytes = [...mock.files.values()].find((file) => createHash('sha256').update(file).digest('hex') === sha256);
    if (!bytes) return void response.writeHead(404).end();
    const [, first, last] = seen.range?.match(/^bytes=(\d+)-(\d*)$/) ?? [];
    const isSame = seen.ifRange === undefined || seen.ifRange === mock.etag;
    const start = first !== undefined && isSame ? Number(first) : 0;
    const end = first !== undefined && isSame && last ? Number(last) + 1 : bytes.length;
    const part = bytes.subarray(start, end);
    if (await mock.fault?.({ seen, response, bytes: part, start, total: bytes.length })) return;
    response.setHeader('etag', mock.etag).setHeader('content-length', part.length);
    if (first !== undefined && isSame) response.setHeader('content-range', `bytes ${start}-${end - 1}/${bytes.length}`);
    response.writeHead(first !== undefined && isSame ? 206 : 200).end(part);
  });
  const mock: MockHub = {
    ...{ endpoint: await listen(hub), storage: await listen(storage), commit: testCommit, files, requests },
    ...{ fault: undefined, hubFault: undefined, etag: '"one"' },
    bodies: () => requests.filter(({ host, range }) => host === 'storage' && (!range || range.endsWith('-'))),
    close: async () => {
      for (const server of [hub, storage]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  return mock;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function gitBlob(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Whether a request is for a body, not for a header. */
export function isBody({ range }: Seen): boolean {
  return !range || range.endsWith('-');
}

/** Bytes of the file that is being downloaded into a cache. */
export async function arrived(cache: string): Promise<number> {
  const files = await readdir(cache, { recursive: true }).catch(() => []);
  const incomplete = files.find((name) => name.endsWith('.incomplete'));
  return incomplete === undefined ? 0 : (await stat(join(cache, incomplete)).catch(() => ({ size: 0 }))).size;
}

/** Sends what comes before an offset of the file, and waits until all of it is on the client's disk. */
export async function sendUntil(mock: MockHub, exchange: Exchange, offset: number, cache: string): Promise<void> {
  const { response, bytes, start, total } = exchange;
  response.setHeader('etag', mock.etag).setHeader('content-length', bytes.length);
  if (start > 0) response.setHeader('content-range', `bytes ${start}-${total - 1}/${total}`);
  response.writeHead(start > 0 ? 206 : 200).flushHeaders();
  if (offset <= start) return;
  response.write(bytes.subarray(0, offset - start));
  while ((await arrived(cache)) < offset) await setTimeout(5);
}

/** Sends what comes before an offset of the file, and closes the connection once it is there. */
export async function cut(mock: MockHub, exchange: Exchange, offset: number, cache: string): Promise<true> {
  await sendUntil(mock, exchange, offset, cache);
  exchange.response.socket?.end();
  return true;
}
