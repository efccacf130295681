import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { ownCache } from '../node/cache.ts';
import { assertSameModel } from '../search/same-model.ts';
import { openDecoder } from './decoder.ts';
import { makeGate } from './gate.ts';
import { isLoopback, reachedAs, urlHost } from './hosts.ts';
import { openIndexThread } from './index-thread.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { makeApp } from './make-app.ts';
import { openModel } from './model-thread.ts';
import type { ModelSource } from './model-worker.ts';
import { builtPage } from './page-routes.ts';
import { openThumbnailCache } from './thumbnail-cache.ts';
import { makeThumbnails } from './thumbnails.ts';
import { shortestToken } from './token.ts';

export type ServerOptions = {
  /** Directory of the index. */
  store: string;
  /** 127.0.0.1 unless said. Any other that other machines reach needs a token. */
  host?: string;
  /** 0, unless said: one that is free. */
  port?: number;
  token?: string;
  /** The model; without a source, the one that the index names. */
  model?: Partial<ModelSource>;
  limits?: Partial<Limits>;
  /** Folder of the page. */
  page?: string;
  /** Where thumbnails are kept. */
  cache?: string;
  version: string;
  /** Is told of errors that are the server's own. */
  onFault: (error: Error) => void;
};

export type RunningServer = {
  /** With the port that was taken. */
  url: string;
  port: number;
  /** Lets running requests end, as long as `shutdownTime` allows, and takes no others. */
  close(): Promise<void>;
};

/** @throws RangeError on an address that other machines reach, without a token, and on one that can be guessed */
export function checkBind(host: string, token: string | undefined): void {
  if (token === undefined && !isLoopback(host))
    throw new RangeError(
      `Cannot serve at ${host}: other machines reach it, so it needs a token of ${shortestToken} characters or more`,
    );
  if (token !== undefined && !/^[\w.~+/=-]+$/.test(token))
    throw new RangeError('Cannot serve: expected a token of letters, digits and -._~+/= but got others');
  if (token !== undefined && token.length < shortestToken)
    throw new RangeError(
      `Cannot serve: expected a token of ${shortestToken} characters or more but got ${token.length}; a shorter one can be guessed`,
    );
}

/**
 * Opens the index and its model, each in a thread of its own, and serves them.
 * @throws RangeError as `checkBind`; IndexError where there is no index; ModelError where the model is another or not there; Error
 *   where the port is taken
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, port = 0, token, version, onFault } = options;
  const host = options.host === undefined || options.host === 'localhost' ? '127.0.0.1' : options.host;
  checkBind(host, token);
  const limits = { ...defaultLimits, ...options.limits };
  await assertFree(host, port);
  const closing: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closing.reverse()) await close();
  };
  try {
    const index = await openIndexThread(store, limits.duplicatesTime);
    closing.push(index.close);
    const { header } = await index.facts();
    const model = await openModel({ source: header.model.name, ...options.model }).catch((error: Error) => {
      if (options.model?.source === undefined)
        error.message += `\n(the index was made with that model; where it has another name or place now, say so with --model)`;
      throw error;
    });
    closing.push(model.close);
    assertSameModel(header, model.facts);
    const decoder = openDecoder(header.exifRotate, limits);
    closing.push(decoder.close);
    const cache = await openThumbnailCache(options.cache ?? join(ownCache(), 'thumbnails'), limits.cacheBytes);
    closing.push(cache.close);
    const thumbnails = makeThumbnails(decoder, cache, header.exifRotate, limits);
    const gate = makeGate('all turns are taken', limits);
    const bind = { host, port, ...(token !== undefined && { token }) };
    const page = options.page ?? builtPage();
    const parts = { index, model, decoder, thumbnails, gate, limits, version };
    const app = await makeApp(parts, { bind: () => bind, page, onFault });
    await app.listen({ host, port }).catch((error) => {
      throw listenFault(error, host, port);
    });
    bind.port = (app.server.address() as AddressInfo).port;
    closing.push(async () => {
      const late = setTimeout(() => app.server.closeAllConnections(), limits.shutdownTime);
      await app.close();
      clearTimeout(late);
    });
    return { url: `http://${urlHost(reachedAs(host))}:${bind.port}`, port: bind.port, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Before anything large is loaded. @throws Error where nobody can listen there */
async function assertFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen({ host, port, exclusive: true }), 'listening');
  } catch (error) {
    throw listenFault(error as NodeJS.ErrnoException, host, port);
  }
  probe.close();
  await once(probe, 'close');
}

function listenFault(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const causes: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${host} is taken; choose another one, or 0 for one that is free`,
    EACCES: `port ${port} is not for everyone; choose one from 1024`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `${host} is not an address of this machine`,
  };
  const cause = causes[error.code ?? ''];
  return cause === undefined ? error : new Error(`Cannot serve: ${cause}`, { cause: error });
}
