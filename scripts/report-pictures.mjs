/**
 * Takes pictures of HTML reports for docs/: each as wide as a page, down to where it ends or to a height.
 *
 *   node scripts/report-pictures.mjs report.html docs/report.png [--dark] [--from 'a heading'] [--height 1400]
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dark: { type: 'boolean' }, from: { type: 'string' }, height: { type: 'string', default: '1400' } },
});
const [report, picture] = positionals;
if (report === undefined || picture === undefined || !existsSync(report))
  throw new Error(`Cannot take a picture: expected a report and a .png to write, but got ${positionals.join(' and ')}`);

const mostBytes = 200_000;
const width = 1100;
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath))
  throw new Error(`Cannot open a browser: ${executablePath} does not exist; install chromium or set CHROMIUM`);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic', '--no-first-run'] });
try {
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    colorScheme: values.dark ? 'dark' : 'light',
  });
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(pathToFileURL(resolve(report)).href);
  if (faults.length > 0) throw new Error(`Cannot take a picture: ${report} has faults: ${faults.join('; ')}`);
  const top = await page.evaluate((heading) => {
    if (heading === undefined) return 0;
    const found = [...document.querySelectorAll('h2')].find(({ textContent }) => textContent.includes(heading));
    if (!found) throw new Error(`Cannot take a picture: no heading has '${heading}'`);
    return found.getBoundingClientRect().top - 20;
  }, values.from);
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const height = Math.min(Number(values.height), whole - top);
  await page.screenshot({ path: picture, fullPage: true, clip: { x: 0, y: top, width, height } });
} finally {
  await browser.close();
}
const { size } = await stat(picture);
console.log(`${picture}: ${Math.round(size / 1000)} kB`);
if (size > mostBytes)
  throw new Error(`Cannot keep ${picture}: expected at most ${mostBytes} bytes but got ${size}; take less --height`);
