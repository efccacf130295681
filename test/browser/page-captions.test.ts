import assert from 'node:assert/strict';
import { join } from 'node:path';
import axe from 'axe-core';
import type { BrowserContextOptions } from 'playwright-core';
import { updateCaptions } from '../../src/node/indexing/update-captions.ts';
import { loadClip } from '../../src/node/load.ts';
import { createIndex, openIndex } from '../../src/node/store/store.ts';
import type { RunningServer } from '../../src/server/start-server.ts';
import { serveDrawings } from './drawings-place.ts';
import { pageSession, searchFor, shownIds, until, visit } from './page-session.ts';

const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const long = 'a strawberry, <b>red</b> and ripe, as somebody has drawn it for those who have never seen one';

describe('the search page of an index of captions', () => {
  let server: RunningServer;
  before(async () => {
    const { place } = await pageSession();
    const store = join(place.root, 'captions');
    const noto = (name: string) => join(place.drawings, 'noto', name);
    const captions = [
      { path: noto('strawberry.png'), caption: long },
      { path: noto('dog.png'), caption: 'a dog' },
      { path: noto('cat.png'), caption: 'a cat' },
      { path: noto('nowhere.png'), caption: 'a caption whose picture is gone' },
    ];
    const { index } = await openIndex(place.store);
    const writer = await createIndex(store, { ...index.header, roots: [] });
    const clip = await loadClip('emoji-clip');
    await updateCaptions(writer, captions, async () => clip);
    await writer.close();
    clip.dispose();
    server = await serveDrawings({ ...place, store });
  });
  after(() => server.close());

  const open = async (path: string, options: BrowserContextOptions = {}) => {
    const visitor = await visit('/', options);
    await visitor.page.goto(server.url + path);
    await visitor.page.waitForSelector('main:not([aria-busy]) > *');
    return visitor;
  };

  it('shows each picture with its caption, in the grid, by name and large', async () => {
    const { page, close } = await open('/');
    await page.getByRole('heading', { name: 'Search 4 captions' }).waitFor();
    await searchFor(page, 'a strawberry');
    const names = await page.$$eval('.tile .open', (tiles) => tiles.map((tile) => tile.getAttribute('aria-label')));
    assert.equal(names.length, 4);
    const at = names.findIndex((name) => name?.startsWith(`Open ${long}, similarity 0.`)) + 1;
    assert.ok(at > 0, `${names}`);
    const tile = page.locator(`.tile:nth-child(${at})`);
    assert.equal(await tile.locator('.caption').textContent(), long, 'as words, not as markup');
    assert.equal(await tile.locator('.name').textContent(), 'strawberry.png');
    await until(() => tile.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth === 64));
    await tile.locator('.open').click();
    const picture = page.locator('#viewer[open] .stage img');
    await until(async () => /\/api\/pictures\/\d+$/.test((await picture.getAttribute('src')) ?? ''));
    assert.equal(await picture.getAttribute('alt'), long);
    assert.equal(await page.textContent('.facts h2'), long);
    assert.match(
      (await page.textContent('.facts')) ?? '',
      /strawberry\.pngsimilarity 0\.\d\d/,
      'no size, no day of 1970',
    );
    await close();
  });

  it('asks for no days and sizes, which captions do not have', async () => {
    const { page, close } = await open('/?q=a+dog');
    await page.click('#filters summary');
    await until(() => page.isHidden('#filter-from'));
    for (const name of ['until', 'least', 'most']) assert.equal(await page.isVisible(`#filter-${name}`), false, name);
    assert.equal(await page.isVisible('#filter-path'), true);
    await page.fill('#filter-path', 'dog');
    await page.press('#filter-path', 'Enter');
    await page.waitForURL(/path=dog/);
    assert.equal((await shownIds(page)).length, 1);
    await close();
  });

  for (const [what, options] of [
    ['', {}],
    [' on a phone', phone],
  ] as const)
    it(`has nothing that axe finds${what}, with a long caption and a picture that is gone`, async () => {
      const { page, close } = await open('/?q=a+strawberry', options);
      await shownIds(page);
      assert.equal(await page.locator('.caption').first().isVisible(), true);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0);
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        [],
      );
      await close();
    });
});
