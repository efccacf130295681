import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type BackendName, readImage } from '../../src/node.ts';
import { goldens } from '../golden.ts';
import { goldenModels } from '../golden-models.ts';
import { operatorCases, ownCases } from '../parity/cases/all.ts';
import type { Report } from './page.ts';
import type { PlainImage } from './run-pipeline.ts';
import { addFolder, graphicsArguments, openBrowser, openSite, type Site } from './site.ts';

/** WebAssembly has threads where the page is isolated from others. */
const runs: { backend: BackendName; threads: boolean }[] = [
  { backend: 'webgpu', threads: false },
  { backend: 'webgl', threads: false },
  { backend: 'wasm', threads: false },
  { backend: 'wasm', threads: true },
];

const topics = [
  ...Object.keys({ ...operatorCases, ...ownCases }),
  'traps',
  ...goldenModels.map(({ name }) => `the golden model ${name}`),
  'the golden pipeline',
  'memory',
];

describe('in Chromium', () => {
  let site: Site;
  let browser: Browser;
  before(async () => {
    site = await openSite('build/test/browser/page.js', 'page.js', 'test/browser/page.html');
    await addFolder(site, join(goldens, 'models'), 'goldens/models');
    await addFolder(site, join(goldens, 'pipeline'), 'goldens/pipeline');
    await addPictures(site);
    browser = await openBrowser(graphicsArguments);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  for (const { backend, threads } of runs) {
    describe(`on ${backend}${threads ? ' with threads' : ''}`, () => {
      let report: Report;
      before(async () => {
        const start = performance.now();
        const page = await browser.newPage();
        await page.goto(threads ? `${site.address}?isolated` : site.address);
        await page.waitForFunction('globalThis.runOnBackend');
        report = (await page.evaluate(`runOnBackend('${backend}')`)) as Report;
        await page.close();
        console.log(`        ${summary(report)}; ${Math.round((performance.now() - start) / 1000)} s`);
      });

      it('is what computed', () => assert.deepEqual([report.backend, report.threads], [backend, threads]));

      for (const topic of topics) {
        it(`${topic}`, () => {
          const results = report.topics[topic] ?? [];
          assert.ok(results.length > 0);
          assert.deepEqual(
            results.filter(({ faults }) => faults.length > 0),
            [],
          );
        });
      }

      it('reports nothing else', () => assert.deepEqual(Object.keys(report.topics), topics));
    });
  }
});

/** How much was compared, and what was farthest off. */
function summary({ backend, topics }: Report): string {
  const results = Object.values(topics).flat();
  const farthest = results.reduce((one, other) => (other.error > one.error ? other : one));
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  return `${backend}: ${results.length} results, ${failed} wrong; farthest off: ${farthest.name}, by ${farthest.error.toExponential(1)}`;
}

/** The pictures of the golden pipeline as Node decodes them. */
async function addPictures(site: Site): Promise<void> {
  const { images } = JSON.parse(await readFile(join(goldens, 'pipeline', 'case.json'), 'utf8'));
  for (const file of images as string[]) {
    const { data, palette, ...image } = await readImage(join(goldens, 'images', file));
    const plain: PlainImage = { ...image, data: [...data], ...(palette && { palette: [...palette] }) };
    await writeFile(join(site.directory, 'goldens', 'pipeline', `${file}.json`), JSON.stringify(plain));
  }
}
