import { createReadStream, existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** A web site on this machine. */
export type Site = { directory: string; address: string; close: () => Promise<void> };

/**
 * Serves a bundle with the page that uses it, and the .wasm files beside them, on the loopback interface. Files that are put
 * into `directory` afterwards are served too. Pages asked for with `?isolated` may share memory between threads.
 * @param entry the script to bundle
 * @param bundle the name that the page has for it
 */
export async function openSite(entry: string, bundle: string, page: string): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    outfile: join(directory, bundle),
    logLevel: 'error',
  });
  const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
  for (const name of await readdir(wasm))
    if (name.endsWith('.wasm')) await copyFile(join(wasm, name), join(directory, name));
  await copyFile(page, join(directory, 'index.html'));

  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    const path = join(directory, normalize(pathname === '/' ? '/index.html' : decodeURIComponent(pathname)));
    if (!existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
    if (searchParams.has('isolated')) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    directory,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Copies the files of a folder into the site. */
export async function addFolder(site: Site, from: string, to: string): Promise<void> {
  for (const path of await readdir(from, { recursive: true })) {
    if (!statSync(join(from, path)).isFile()) continue;
    await mkdir(join(site.directory, to, path, '..'), { recursive: true });
    await copyFile(join(from, path), join(site.directory, to, path));
  }
}

/** WebGPU and WebGL on the processor, by SwiftShader. */
export const graphicsArguments: readonly string[] = ['--enable-unsafe-webgpu', '--enable-unsafe-swiftshader'];

const quietArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium without a window: the one at CHROMIUM, else Debian's. */
export function openBrowser(more: readonly string[]): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`Cannot open a browser: ${executablePath} does not exist; install chromium or set CHROMIUM`);
  return chromium.launch({ executablePath, args: [...quietArguments, ...more] });
}
