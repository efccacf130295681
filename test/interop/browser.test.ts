import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { goldens } from '../golden.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

describe('the browser bundle', () => {
  let directory: string;
  let server: Server;
  before(async () => {
    if (!existsSync(executablePath))
      throw new Error(`Cannot open a browser: ${executablePath} does not exist; install chromium or set CHROMIUM`);
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    await build({
      entryPoints: ['build/src/index.js'],
      bundle: true,
      format: 'esm',
      outfile: join(directory, 'clip-tfjs.js'),
      logLevel: 'error',
    });
    const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
    for (const name of await readdir(wasm))
      if (name.endsWith('.wasm')) await copyFile(join(wasm, name), join(directory, name));
    await copyFile('examples/browser.html', join(directory, 'index.html'));
    await copyFile(join(goldens, 'pipeline', 'model.safetensors'), join(directory, 'model.safetensors'));
    server = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://localhost');
      const path = join(directory, pathname === '/' ? 'index.html' : basename(pathname));
      if (!existsSync(path)) {
        response.writeHead(404).end();
        return;
      }
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
      createReadStream(path).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const answers: [what: string, backend: string, flags: string[], query: string][] = [
    ['takes wasm by itself, as there is no graphics processor', 'wasm', ['--disable-gpu'], ''],
    ['takes webgpu where it is named', 'webgpu', ['--enable-unsafe-webgpu'], '?backend=webgpu'],
    ['takes webgl where it is named', 'webgl', ['--enable-unsafe-swiftshader'], '?backend=webgl'],
  ];
  for (const [what, backend, flags, query] of answers) {
    it(`embeds texts in Chromium with the numbers of Node, and ${what}`, async () => {
      const { answer, errors } = await open(flags, query);
      assert.deepEqual(errors, []);
      assert.equal(answer, `on ${backend}: cosine 0.8330`);
    });
  }

  it('says what to do where the named backend is not there', async () => {
    const { errors } = await open(['--disable-gpu'], '?backend=webgpu');
    assert.match(errors.join(), /Cannot use backend 'webgpu': webgpu: .*; use a browser that has it, over https/);
  });

  /** Opens the page and waits for its answer or an error. */
  async function open(flags: string[], query: string): Promise<{ answer: string | null; errors: string[] }> {
    const args = [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ];
    const browser = await chromium.launch({ executablePath, args: [...args, ...flags] });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`);
      const isDone = "document.querySelector('#answer').textContent.startsWith('on ')";
      await Promise.race([
        page.waitForFunction(isDone, undefined, { timeout: 60_000 }).catch(() => {}),
        page.waitForEvent('pageerror', { timeout: 60_000 }).catch(() => {}),
      ]);
      return { answer: await page.textContent('#answer'), errors };
    } finally {
      await browser.close();
    }
  }
});
