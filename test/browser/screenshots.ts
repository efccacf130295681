import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { makeDrawingsPlace, removeDrawingsPlace, serveDrawings } from './drawings-place.ts';
import { openBrowser } from './site.ts';

type Shot = { name: string; path: string; options: BrowserContextOptions; click?: string };

const phone = { viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1.5 };

/** The pictures of the search page in docs/. `npm run screenshots` makes them anew. */
const shots: readonly Shot[] = [
  {
    name: 'search-page.png',
    path: '/?q=a+smiling+face',
    options: { viewport: { width: 1200, height: 750 } },
  },
  {
    name: 'search-page-dark.png',
    path: '/?q=a+car&plus=264&minus=310',
    options: { viewport: { width: 1200, height: 750 }, colorScheme: 'dark' },
  },
  {
    name: 'search-page-labels.png',
    path: '/?q=an+animal&view=labels&labels=an+animal,+a+vehicle,+food',
    options: { viewport: { width: 1200, height: 750 } },
  },
  {
    name: 'search-page-phone.png',
    path: '/?q=a+red+heart',
    options: phone,
  },
  {
    name: 'search-page-filters.png',
    path: '/?q=a+drink&path=noto&min=2&max=6',
    options: phone,
    click: '#filters summary',
  },
];

/** GitHub shows them quickly, and a clone stays small. */
const mostBytes = 250_000;

/** Waits for the thumbnails in the window. */
async function pictured(page: Page): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const isReady = await page.$$eval('.tile img, .chip img', (images) =>
      (images as HTMLImageElement[])
        .filter((image) => image.getBoundingClientRect().top < innerHeight)
        .every(({ naturalWidth }) => naturalWidth > 0),
    );
    if (isReady) return;
    await page.waitForTimeout(100);
  }
  throw new Error('Cannot take a screenshot: the thumbnails have not come within a minute');
}

async function shoot(browser: Browser, address: string, file: string, { options, click }: Shot): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForSelector('main:not([aria-busy]) .tile');
  if (click) await page.click(click);
  await pictured(page);
  const picture = await page.screenshot();
  await context.close();
  const { size } = await sharp(picture).png({ palette: true, effort: 10 }).toFile(file); // of 256 colours
  if (size > mostBytes) throw new Error(`Cannot keep ${file}: ${size} bytes are more than ${mostBytes}`);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
}

const web = await mkdtemp(join(tmpdir(), 'clip-tfjs-web-'));
execFileSync(process.execPath, [join('scripts', 'build-web.mjs'), web]);
const place = await makeDrawingsPlace(web);
const server = await serveDrawings(place);
const browser = await openBrowser([]);
try {
  for (const shot of shots) await shoot(browser, server.url + shot.path, join('docs', shot.name), shot);
} finally {
  await browser.close();
  await server.close();
  await removeDrawingsPlace(place);
  await rm(web, { recursive: true });
}
