import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { foundIds, pageSession, searchFor, shownIds, until, type Visit, visit } from './page-session.ts';

describe('the search page', () => {
  let visitor: Visit;
  let page: Page;
  before(() => pageSession());
  beforeEach(async () => {
    visitor = await visit();
    page = visitor.page;
  });
  afterEach(async () => {
    await visitor.close();
    assert.deepEqual(visitor.errors, []);
  });

  const name = (at: number) => page.getAttribute(`.tile:nth-child(${at}) .open`, 'aria-label');

  it('says at first how much there is to search, and searches for an example', async () => {
    const { count } = (await pageSession()).place;
    await page.getByRole('heading', { name: `Search ${count} pictures` }).waitFor();
    await page.getByRole('link', { name: 'a red car' }).click();
    assert.deepEqual(await shownIds(page), await foundIds({ query: 'a red car' }));
    assert.equal(await page.inputValue('#words'), 'a red car');
  });

  it('shows for words what the server finds, the best first, with similarities', async () => {
    const ids = await searchFor(page, 'strawberry');
    assert.deepEqual(ids, await foundIds({ query: 'strawberry' }));
    assert.match((await name(1)) ?? '', /^Open strawberry\.png, similarity 0\.\d\d$/);
    const similarities = (await page.locator('.similarity').allTextContents()).map(Number);
    assert.deepEqual(
      similarities,
      [...similarities].sort((one, other) => other - one),
    );
    assert.match((await page.textContent('#status')) ?? '', /^The 60 best pictures, in \d+ ms$/);
  });

  it('loads thumbnails as they come near the window', async () => {
    const asked = new Set<string>();
    page.on('request', (request) => {
      if (request.url().includes('/api/thumbnails/')) asked.add(request.url());
    });
    await searchFor(page, 'a dog');
    await page.locator('#more').click();
    await page.locator('.tile').nth(119).waitFor();
    await page.waitForTimeout(500);
    assert.ok(asked.size > 20 && asked.size < 120, `${asked.size} of 120`);
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    const last = page.locator('.tile img').last();
    await until(() => last.evaluate((image) => (image as HTMLImageElement).naturalWidth === 64));
  });

  it('goes back and forward, and stays where it is when loaded again', async () => {
    const dogs = await searchFor(page, 'a dog');
    const cats = await searchFor(page, 'a cat');
    await page.goBack();
    await until(async () => (await page.inputValue('#words')) === 'a dog');
    assert.deepEqual(await shownIds(page), dogs);
    await page.goForward();
    await until(async () => (await page.inputValue('#words')) === 'a cat');
    assert.deepEqual(await shownIds(page), cats);
    await page.reload();
    assert.deepEqual(await shownIds(page), cats);
    await page.click('#clear');
    await page.waitForSelector('.start');
    assert.equal(new URL(page.url()).search, '');
  });

  it('refines: more like one, less like another, and takes both out again', async () => {
    const ids = await searchFor(page, 'fruit');
    const [, , liked = -1] = ids;
    const button = (label: string, id: number) => page.locator(`.tile[data-id="${id}"] .${label}`);
    await page.hover(`.tile[data-id="${liked}"]`);
    await button('plus', liked).click();
    await page.waitForURL(/plus=/);
    const more = await shownIds(page);
    assert.deepEqual(more, await foundIds({ query: 'fruit', terms: [{ id: liked, weight: 0.75 }] }));
    assert.notDeepEqual(more, ids);
    assert.equal(await button('plus', liked).getAttribute('aria-pressed'), 'true');

    const [, , , disliked = -1] = more;
    await page.hover(`.tile[data-id="${disliked}"]`);
    await button('minus', disliked).click();
    await page.waitForURL(/minus=/);
    const terms = [
      { id: liked, weight: 0.75 },
      { id: disliked, weight: -0.5 },
    ];
    const found = await foundIds({ query: 'fruit', terms, k: 61 });
    const without = found.filter((id) => id !== disliked).slice(0, 60);
    assert.deepEqual(await shownIds(page), without);

    for (const side of ['minus', 'plus']) {
      await page.click(`.chip.${side} button`);
      await page.waitForURL((url) => !url.searchParams.has(side));
    }
    assert.deepEqual(await shownIds(page), ids);
    assert.equal(await page.isHidden('#chips'), true);
  });

  /** A picture of the index as if it came from the visitor's disk. */
  const give = (kind: 'drop' | 'paste', id: number) =>
    page.evaluate(
      async ([event, picture]) => {
        const content = await (await fetch(`/api/pictures/${picture}`)).blob();
        const data = new DataTransfer();
        data.items.add(new File([content], 'mine.png', { type: 'image/png' }));
        const init = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          event === 'drop'
            ? new DragEvent('drop', { ...init, dataTransfer: data })
            : new ClipboardEvent('paste', { ...init, clipboardData: data }),
        );
      },
      [kind, id] as const,
    );

  for (const kind of ['drop', 'paste'] as const)
    it(`searches by a picture that is put there by ${kind}`, async () => {
      const id = 123;
      await give(kind, id);
      const [first] = await shownIds(page);
      assert.equal(first, id);
      assert.match((await name(1)) ?? '', /similarity 1\.00$/);
      assert.match((await page.getAttribute('.chip.own img', 'src')) ?? '', /^blob:/);
    });

  it('searches by a picture that is chosen, together with words and another picture', async () => {
    const { drawings } = (await pageSession()).place;
    await page.setInputFiles('#file', join(drawings, 'noto', 'strawberry.png'));
    const ids = await shownIds(page);
    assert.match((await name(1)) ?? '', /^Open strawberry\.png, similarity 1\.00$/);
    const terms = [{ id: ids[0], weight: 1 }];
    const both = await searchFor(page, 'a drink');
    assert.deepEqual(both.slice(0, 20), (await foundIds({ query: 'a drink', terms })).slice(0, 20));
    assert.notDeepEqual(both, ids);
    await page.hover('.tile:nth-child(5)');
    await page.click('.tile:nth-child(5) .plus');
    await page.waitForURL(/plus=/);
    const liked = { id: both[4], weight: 0.75 };
    const all = await foundIds({ query: 'a drink', terms: [...terms, liked] });
    assert.deepEqual((await shownIds(page)).slice(0, 20), all.slice(0, 20));
    await page.goBack();
    await page.goBack();
    await until(async () => (await page.inputValue('#words')) === '');
    assert.deepEqual(await shownIds(page), ids);
  });

  it('shows a picture large, moves to the next, finds similar ones; back closes it', async () => {
    const ids = await searchFor(page, 'a dog');
    await page.click('.tile:nth-child(2) .open');
    await page.locator(`#viewer[open] img[src="/api/pictures/${ids[1]}"]`).waitFor();
    await page.press('#viewer', 'ArrowRight');
    await page.locator(`#viewer[open] img[src="/api/pictures/${ids[2]}"]`).waitFor();
    const seen = await page.$eval('.stage img', (image) => {
      const { paddingLeft, paddingRight, width } = getComputedStyle(image);
      return Number.parseFloat(width) - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
    });
    assert.ok(seen > 300, `it is seen ${seen} pixels wide`);
    assert.match((await page.textContent('.facts')) ?? '', /\.png64 × 64 · \d+ kB · .* · similarity 0\.\d\d/);
    await page.goBack();
    await page.waitForSelector('#viewer:not([open])', { state: 'attached' });
    assert.equal(new URL(page.url()).search, '?q=a+dog');
    await page.click('.tile:nth-child(2) .open');
    await page.getByRole('button', { name: 'Find similar' }).click();
    await page.waitForURL((url) => url.searchParams.get('plus') === `${ids[1]}`);
    assert.deepEqual(await shownIds(page), await foundIds({ id: ids[1] }, 'similar'));
    assert.equal(await page.isVisible('#viewer'), false);
  });

  it('sorts what was found by labels that are typed', async () => {
    const ids = await searchFor(page, 'food');
    await page.getByRole('link', { name: 'Labels' }).click();
    await page.fill('#labels', 'fruit, animal,, fruit');
    await page.press('#labels', 'Enter');
    await page.waitForSelector('.group');
    const { server } = await pageSession();
    const response = await fetch(`${server.url}/api/classify`, {
      method: 'POST',
      body: JSON.stringify({ ids, labels: ['fruit', 'animal'] }),
      headers: { 'content-type': 'application/json' },
    });
    type Classified = { id: number; ranked: { label: string }[] }[];
    const { classified } = (await response.json()) as { classified: Classified };
    const expected = (label: string) => classified.filter(({ ranked }) => ranked[0]?.label === label).length;
    const headings = await page.locator('.group h2').allTextContents();
    assert.deepEqual(headings, [`fruit${expected('fruit')}`, `animal${expected('animal')}`]);
    assert.deepEqual([...(await shownIds(page))].sort(), [...ids].sort());
    assert.match((await page.locator('.similarity').first().textContent()) ?? '', /^\d+%$/);
    assert.equal(new URL(page.url()).searchParams.get('labels'), 'fruit, animal');
  });

  it('groups duplicates, fewer with a higher least similarity', async () => {
    await page.getByRole('link', { name: 'Duplicates' }).click();
    await page.waitForSelector('.group');
    const same = page.locator('.group h2', { hasText: 'the same file' });
    assert.ok((await same.count()) >= 5);
    const groups = await page.locator('.group').count();
    await page.fill('#threshold', '1');
    await page.waitForURL(/least=1/);
    await page.waitForSelector('main:not([aria-busy])');
    assert.ok((await page.locator('.group').count()) < groups);
    assert.equal(await page.textContent('output'), '1.00');
  });
});
