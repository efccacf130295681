import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goldens } from '../golden.ts';
import { openBrowser, openSite, type Site } from './site.ts';

describe('the browser bundle', () => {
  let site: Site;
  before(async () => {
    site = await openSite('build/src/index.js', 'clip-tfjs.js', 'examples/browser.html');
    await copyFile(join(goldens, 'pipeline', 'model.safetensors'), join(site.directory, 'model.safetensors'));
  });
  after(() => site?.close());

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
    const browser = await openBrowser(flags);
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`${site.address}${query}`);
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
