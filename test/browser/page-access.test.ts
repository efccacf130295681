import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { pageSession, searchFor, shownIds, visit } from './page-session.ts';

const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** What has the focus: a picture's id or an element's. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.closest<HTMLElement>('.tile')?.dataset.id ?? activeElement?.id ?? '';
  });

describe('the search page, for everyone', () => {
  before(() => pageSession());

  it('is used with keys alone: slash, arrows, Enter, plus, Escape', async () => {
    const { page, errors, close } = await visit('/?q=a+dog');
    const ids = (await shownIds(page)).map(String);
    await page.keyboard.press('/');
    assert.equal(await focused(page), 'words');
    await page.keyboard.type('a cat');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=a\+cat/);
    const cats = (await shownIds(page)).map(String);
    assert.notDeepEqual(cats, ids);
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), cats[0]);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineWidth);
    assert.equal(outline, '3px', 'the focus is seen');

    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(page), cats[1]);
    const perRow = await page.$$eval('.tile', (tiles) => {
      const tops = tiles.map((tile) => tile.getBoundingClientRect().top);
      return tops.filter((top) => top === tops[0]).length;
    });
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), cats[1 + perRow]);
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(page), cats[1]);
    await page.keyboard.press('End');
    assert.equal(await focused(page), cats.at(-1));
    await page.keyboard.press('Home');

    await page.keyboard.press('Enter');
    await page.waitForSelector('#viewer[open]');
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(new RegExp(`show=${cats[1]}`));
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('show'));
    assert.equal(await focused(page), cats[1], 'the focus is on the picture that was shown last');

    await page.keyboard.press('+');
    await page.waitForURL(new RegExp(`plus=${cats[1]}`));
    await shownIds(page);
    assert.equal(await focused(page), cats[1], 'the focus stays on the picture');
    await page.keyboard.press('Escape');
    assert.equal(await focused(page), 'words');
    await close();
    assert.deepEqual(errors, []);
  });

  it('is left and entered with Tab at one picture, not at each', async () => {
    const { page, close } = await visit('/?q=a+dog');
    await shownIds(page);
    assert.equal(await page.locator('.tile button[tabindex="0"]').count(), 3);
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    const steps: string[] = [];
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('Tab');
      steps.push(
        await page.evaluate(() => document.activeElement?.textContent || document.activeElement?.className || ''),
      );
    }
    assert.deepEqual(steps, ['refine plus', 'refine minus', 'More pictures']);
    await close();
  });

  for (const path of [
    '/',
    '/?q=a+dog&path=noto&min=1',
    '/?q=a+dog&plus=3,4&minus=7,8',
    '/?q=a+dog&view=labels&labels=cat',
    '/?view=duplicates',
  ])
    it(`fits a phone: ${path}`, async () => {
      const { page, errors, close } = await visit(path, phone);
      await page.waitForSelector('main:not([aria-busy]) > *');
      if (path.includes('path=')) await page.click('#filters summary');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(wide, 360, 'nothing reaches beyond the window');
      const small = await page.$$eval('button, a, input, summary', (targets) =>
        targets
          .filter((target) => (target as HTMLElement).offsetParent !== null)
          .map((target) => ({ target: target.outerHTML.slice(0, 80), box: target.getBoundingClientRect() }))
          .filter(({ box }) => box.width < 32 || box.height < 32)
          .map(({ target }) => target),
      );
      assert.deepEqual(small, [], 'fingers hit them');
      await close();
      assert.deepEqual(errors, []);
    });

  it('leaves a low window to the results', async () => {
    const { page, close } = await visit('/?q=a+dog&plus=3', { ...phone, viewport: { width: 740, height: 360 } });
    await shownIds(page);
    await page.evaluate('scrollTo(0, 400)');
    const bottom = await page.$eval('header', (header) => header.getBoundingClientRect().bottom);
    assert.ok(bottom <= 0, `the header reaches down to ${bottom}`);
    await close();
  });

  it('is dark where the visitor likes it dark, and follows a change', async () => {
    const { page, close } = await visit('/', { colorScheme: 'dark' });
    const brightness = () =>
      page.evaluate(() => {
        const channels = [...getComputedStyle(document.body).backgroundColor.matchAll(/\d+/g)].map(Number);
        return channels.slice(0, 3).reduce((sum, channel) => sum + channel / 3, 0);
      });
    assert.ok((await brightness()) < 60);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.ok((await brightness()) > 200);
    await close();
  });

  it('calls each button, field and picture by a name', async () => {
    const { page, close } = await visit('/?q=a+dog');
    await shownIds(page);
    for (const [role, name] of [
      ['searchbox', 'Describe the picture that you look for'],
      ['button', 'Search by a picture of yours'],
      ['button', 'Clear the search'],
      ['button', 'Search'],
      ['navigation', 'Views'],
      ['list', 'Pictures that were found, the best first'],
    ] as const)
      assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, name);
    await close();
  });

  /** Of every view, and of a failure: a quotation mark without its other one. */
  const paths = [
    '/',
    '/?q=a+dog&plus=3&minus=7',
    '/?q=a+dog&show=',
    '/?q=a+dog&path=noto&from=2020-01-01&max=5',
    '/?q=a+dog&path=nowhere',
    '/?q=a+dog&view=labels&labels=cat,+dog',
    '/?view=labels',
    '/?view=duplicates',
    '/?q=%22a',
  ];
  const contrast = { runOnly: ['color-contrast'] };
  for (const [what, options, checks] of [
    ['anything', {}, {}],
    ['faint words in the dark', { colorScheme: 'dark' }, contrast],
    ['anything on a phone', phone, {}],
  ] as const)
    for (const path of paths)
      it(`has nothing that axe finds: ${what}, ${path}`, async () => {
        const { page, close } = await visit(path, options);
        await page.waitForSelector('main:not([aria-busy]) > *');
        if (path.includes('show')) {
          await page.click('.tile .open');
          await page.waitForSelector('#viewer[open]');
        }
        if (path.includes('path=')) await page.click('#filters summary');
        await page.evaluate(axe.source);
        const { violations, passes } = (await page.evaluate(`axe.run(${JSON.stringify(checks)})`)) as axe.AxeResults;
        assert.ok(passes.length > 0);
        const found = violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes[0]?.html}`);
        assert.deepEqual(found, []);
        await close();
      });

  it('moves nothing where the visitor wants it still', async () => {
    const { page, close } = await visit('/', { reducedMotion: 'reduce' });
    await searchFor(page, 'a dog');
    const moving = await page.$$eval(
      '*',
      (all) =>
        all.filter((each) => {
          const { transitionProperty, transitionDuration, animationName } = getComputedStyle(each);
          return animationName !== 'none' || (transitionProperty !== 'none' && transitionDuration !== '0s');
        }).length,
    );
    assert.equal(moving, 0);
    await close();
  });
});
