import assert from 'node:assert/strict';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { foundIds, pageSession, searchFor, shownIds, until, type Visit, visit } from './page-session.ts';

const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const dayFrom = (days: number) => {
  const date = new Date();
  date.setDate(date.getDate() + days);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => `${part}`.padStart(2, '0')).join('-');
};

describe('the filters of the search page, in the browser', () => {
  let visitor: Visit;
  let page: Page;
  before(() => pageSession());
  const open = async (path = '/', options: BrowserContextOptions = {}) => {
    visitor = await visit(path, options);
    page = visitor.page;
  };
  afterEach(async () => {
    await visitor.close();
    assert.deepEqual(visitor.errors, []);
  });
  const drawn = () => page.waitForSelector('main:not([aria-busy]) > *');
  const said = () => page.textContent('#filters .said');
  const choose = async (label: string, value: string) => {
    if (!(await page.getAttribute('#filters', 'open').then((is) => is !== null))) await page.click('#filters summary');
    await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole('button', { name: 'Apply' }).click();
    await drawn();
  };

  it('are folded, and used with keys alone', async () => {
    await open('/?q=a+dog');
    const all = await shownIds(page);
    assert.equal(await page.isVisible('#filters form'), false);
    await page.focus('#filters summary');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Streamline/');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('path') === 'Streamline/');
    const ids = await shownIds(page);
    assert.deepEqual(ids, await foundIds({ query: 'a dog', filter: { path: 'streamline/' } }));
    assert.ok(ids.length < all.length);
    assert.equal(await said(), 'Streamline/');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'filter-path', 'the focus stays');
    await page.reload();
    assert.deepEqual(await shownIds(page), ids);
    assert.equal(await page.inputValue('#filter-path'), 'Streamline/');
    await page.goBack();
    await until(async () => (await said()) === '');
    assert.deepEqual(await shownIds(page), all);
  });

  it('are by size and by day, the last one too, and are taken away again', async () => {
    await open('/?q=a+dog');
    const all = await shownIds(page);
    await choose('Size from, in kB', '4.5');
    await page.waitForURL(/min=4\.5/);
    assert.deepEqual(await shownIds(page), await foundIds({ query: 'a dog', filter: { minSize: 4500 } }));
    await choose('Size up to, in kB', '5');
    await page.waitForURL(/max=5/);
    const filter = { minSize: 4500, maxSize: 5000 };
    assert.deepEqual(await shownIds(page), await foundIds({ query: 'a dog', filter }));
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.waitForURL((url) => url.search === '?q=a+dog');
    assert.deepEqual(await shownIds(page), all);

    await choose('Changed until', dayFrom(0));
    await page.waitForURL(/until=/);
    assert.deepEqual(await shownIds(page), all, 'the drawings were copied today');
    await choose('Changed until', '');
    await choose('Changed from', dayFrom(1));
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
    await page.getByRole('button', { name: 'Search without filters' }).click();
    assert.deepEqual(await shownIds(page), all);
    assert.equal(new URL(page.url()).search, '?q=a+dog');
  });

  it('say what cannot be, and ask for nothing then', async () => {
    await open('/?q=a+dog&from=2024-05-05');
    await shownIds(page);
    await choose('Changed until', '2024-05-04');
    const fault = await page.$eval('#filter-until', (input) => (input as HTMLInputElement).validationMessage);
    assert.equal(fault, 'This day is before the first one');
    assert.equal(new URL(page.url()).searchParams.has('until'), false);
    await choose('Changed until', '2024-05-05');
    await page.waitForURL(/until=2024-05-05/);
  });

  it('hold for a picture of the visitor\u2019s, for similar ones, labels and other words', async () => {
    await open('/?path=streamline');
    await searchFor(page, 'a drink');
    const inFolder = new Set(await foundIds({ query: 'a drink', filter: { path: 'streamline' } }));
    const assertInFolder = async () => {
      for (const id of await shownIds(page)) assert.ok(inFolder.has(id), `${id} is not in the folder`);
      assert.equal(new URL(page.url()).searchParams.get('path'), 'streamline');
    };
    await assertInFolder();
    const bytes = await (await fetch(`${(await pageSession()).server.url}/api/pictures/3`)).arrayBuffer();
    await page.setInputFiles('#file', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(bytes) });
    await page.waitForSelector('.chip.own');
    await assertInFolder();
    await page.click('.tile:nth-child(2) .open');
    await page.getByRole('button', { name: 'Find similar' }).click();
    await page.waitForURL(/plus=/);
    await assertInFolder();
    await page.getByRole('link', { name: 'Labels' }).click();
    await page.waitForURL(/view=labels/);
    await assertInFolder();
    await page.getByRole('link', { name: 'Duplicates' }).click();
    await page.waitForSelector('.group');
    assert.equal(await page.isVisible('#filters'), false, 'duplicates are those of the whole index');
  });

  it('fold themselves on a phone, so that the results are seen', async () => {
    await open('/?q=a+dog', phone);
    await shownIds(page);
    await choose('Folder or file name', 'noto');
    await page.waitForURL(/path=noto/);
    assert.equal(await page.isVisible('#filters form'), false);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'SUMMARY');
    assert.equal(await said(), 'noto');
  });
});
