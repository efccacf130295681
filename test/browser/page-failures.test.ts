import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIndex, openIndex } from '../../src/node/store/store.ts';
import { serveDrawings } from './drawings-place.ts';
import { foundIds, pageSession, searchFor, shownIds, visit } from './page-session.ts';

const alert = '[role="alert"]';

describe('the search page, when something is wrong', () => {
  before(() => pageSession());

  it('asks a busy server again after the time that it says, and tells so', async () => {
    const { page, close } = await visit();
    let asked = 0;
    await page.route('**/api/search', (route) => {
      asked++;
      if (asked > 2) return route.continue();
      const body = JSON.stringify({ error: { code: 'busy', message: 'Cannot serve: all turns are taken' } });
      return route.fulfill({ status: 503, headers: { 'retry-after': '1' }, contentType: 'application/json', body });
    });
    const [ids] = await Promise.all([
      searchFor(page, 'a dog'),
      page.getByText('The server is busy; it is asked again in 1 s').waitFor(),
    ]);
    assert.deepEqual(ids, await foundIds({ query: 'a dog' }));
    assert.equal(asked, 3);
    await close();
  });

  it('gives up on a server that stays busy, and tries again when told to', async () => {
    const { page, close } = await visit();
    let isBusy = true;
    await page.route('**/api/search', (route) =>
      isBusy ? route.fulfill({ status: 503, headers: { 'retry-after': '0' }, body: '' }) : route.continue(),
    );
    await page.fill('#words', 'a dog');
    await page.press('#words', 'Enter');
    await page.locator(alert, { hasText: 'The server is busy' }).waitFor();
    isBusy = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    assert.equal((await shownIds(page)).length, 60);
    await close();
  });

  it('does not call a server busy that cannot answer for another reason', async () => {
    const { page, close } = await visit();
    await page.route('**/api/search', (route) => {
      const error = { code: 'other_model', message: 'Cannot search: the index was made anew; start the server again' };
      return route.fulfill({ status: 503, contentType: 'application/json', body: JSON.stringify({ error }) });
    });
    await page.fill('#words', 'a dog');
    await page.press('#words', 'Enter');
    await page.locator(alert, { hasText: 'start the server again' }).waitFor();
    assert.doesNotMatch((await page.textContent(alert)) ?? '', /busy/);
    await close();
  });

  it('says that the server is gone, and goes on when it is back', async () => {
    const { place } = await pageSession();
    let server = await serveDrawings(place);
    try {
      const { page, close } = await visit();
      await page.goto(`${server.url}/?q=a+cat`);
      await shownIds(page);
      await server.close();
      await page.fill('#words', 'a dog');
      await page.press('#words', 'Enter');
      await page.locator(alert, { hasText: 'The server does not answer' }).waitFor();
      server = await serveDrawings(place, server.port);
      assert.deepEqual(await shownIds(page), await foundIds({ query: 'a dog' }));
      await close();
    } finally {
      await server.close();
    }
  });

  it('shows what the server says of a query that cannot be read', async () => {
    const { page, close } = await visit('/?q=%22a+dog');
    assert.match((await page.textContent(alert)) ?? '', /This search does not work.*Cannot/);
    await searchFor(page, 'a dog');
    assert.equal(await page.locator(alert).count(), 0);
    await close();
  });

  it('puts words on the page as words, never as markup', async () => {
    const words = '<img src=x onerror=alert(1)>.png';
    const { page, errors, close } = await visit();
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs++;
      void dialog.dismiss();
    });
    await page.fill('#words', `${words}`);
    await page.press('#words', 'Enter');
    await page.waitForSelector('main:not([aria-busy])');
    assert.ok((await page.title()).startsWith(words));
    assert.equal(await page.locator('main img[src="x"]').count(), 0);
    assert.equal(dialogs, 0);
    await close();
    assert.deepEqual(
      errors.filter((error) => !error.includes('400')),
      [],
    );
  });

  it('refuses files that are no pictures, and says why', async () => {
    const { page, close } = await visit();
    await page.setInputFiles('#file', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('words') });
    await page.locator(alert, { hasText: 'not a picture' }).waitFor();
    await page.setInputFiles('#file', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('words') });
    await page.locator(alert, { hasText: 'This search does not work' }).waitFor();
    await close();
  });

  it('says that the visitor\u2019s picture is not kept when the page is loaded again', async () => {
    const { page, close } = await visit();
    const { drawings } = (await pageSession()).place;
    await page.setInputFiles('#file', join(drawings, 'noto', 'strawberry.png'));
    await shownIds(page);
    await page.reload();
    await page.locator(alert, { hasText: 'Your picture is not kept' }).waitFor();
    await close();
  });

  it('says how to give the token where one is asked for', async () => {
    const { page, close } = await visit();
    await page.route('**/api/search', (route) =>
      route.fulfill({ status: 401, json: { error: { code: 'no_token', message: 'Cannot serve' } } }),
    );
    await page.fill('#words', 'a dog');
    await page.press('#words', 'Enter');
    await page.locator(alert, { hasText: 'This server asks for its token' }).waitFor();
    await close();
  });

  it('says what to do with an empty index', async () => {
    const { place } = await pageSession();
    const { index, close: closeIndex } = await openIndex(place.store);
    const { header } = index;
    await closeIndex();
    const root = await mkdtemp(join(tmpdir(), 'clip-tfjs-empty-'));
    const writer = await createIndex(join(root, 'store'), header);
    await writer.close();
    const server = await serveDrawings({ ...place, root, store: join(root, 'store') });
    try {
      const { page, close } = await visit();
      await page.goto(server.url);
      await page.getByRole('heading', { name: 'No pictures yet' }).waitFor();
      await page.goto(`${server.url}/?q=a+dog`);
      await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
      await page.goto(`${server.url}/?view=duplicates`);
      await page.getByRole('heading', { name: 'No duplicates' }).waitFor();
      await close();
    } finally {
      await server.close();
      await rm(root, { recursive: true });
    }
  });
});
