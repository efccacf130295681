import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { RunningServer } from '../../src/server/start-server.ts';
import { type DrawingsPlace, makeDrawingsPlace, removeDrawingsPlace, serveDrawings } from './drawings-place.ts';
import { openBrowser } from './site.ts';

/** The page, as it is built, in Chromium, over an index of drawings. */
export type PageSession = { place: DrawingsPlace; server: RunningServer; browser: Browser };

let opened: Promise<PageSession> | undefined;

/** One for all test files; it is closed when the last test has run. */
export function pageSession(): Promise<PageSession> {
  opened ??= openSession();
  return opened;
}

async function openSession(): Promise<PageSession> {
  const page = await mkdtemp(join(tmpdir(), 'clip-tfjs-web-'));
  execFileSync(process.execPath, [join('scripts', 'build-web.mjs'), page]);
  const place = await makeDrawingsPlace(page);
  return { place, server: await serveDrawings(place), browser: await openBrowser([]) };
}

after(async () => {
  if (!opened) return;
  const { place, server, browser } = await opened;
  await browser.close();
  await server.close();
  await rm(place.page, { recursive: true });
  await removeDrawingsPlace(place);
});

/** A page that must not report errors: what its scripts throw and what its content security policy blocks. */
export type Visit = { page: Page; errors: string[]; close: () => Promise<void> };

/** @param path of the address */
export async function visit(path = '/', options: BrowserContextOptions = {}): Promise<Visit> {
  const { browser, server } = await pageSession();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(server.url + path);
  return { page, errors, close: () => context.close() };
}

/** Ids of the pictures that are shown, in order, once there are any and no others are on their way. */
export async function shownIds(page: Page): Promise<number[]> {
  await page.waitForSelector('main:not([aria-busy]) .tile');
  return page.$$eval('.tile', (tiles) => tiles.map((tile) => Number((tile as HTMLElement).dataset.id)));
}

/** Ids that the server finds. */
export async function foundIds(body: object, route = 'search'): Promise<number[]> {
  const { server } = await pageSession();
  const response = await fetch(`${server.url}/api/${route}`, {
    method: 'POST',
    body: JSON.stringify({ k: 60, ...body }),
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(response.status, 200);
  const { results } = (await response.json()) as { results: { id: number }[] };
  return results.map(({ id }) => id);
}

/** Types a query and searches. */
export async function searchFor(page: Page, words: string): Promise<number[]> {
  await page.fill('#words', words);
  await page.press('#words', 'Enter');
  await page.waitForURL((url) => url.searchParams.get('q') === words);
  return shownIds(page);
}

/** Waits for something to be so. Not `page.waitForFunction`: it evaluates text, which the page's security policy forbids. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('it has not come to be so');
}
