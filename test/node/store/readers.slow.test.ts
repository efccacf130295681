import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createIndex, openIndexForWriting } from '../../../src/node/store/store.ts';
import { makePlace } from './place.ts';
import { headerOf, rowsOf } from './rows.ts';

const script = fileURLToPath(new URL('./pair-child.js', import.meta.url));
const milliseconds = 6000;

describe('an index with two writers and eight readers', () => {
  it('shows versions that were committed, and lets one of the writers in at a time', async () => {
    const place = await makePlace();
    const directory = join(place, 'store');
    const writer = await createIndex(directory, headerOf(16));
    const paths = Array.from({ length: 6 * 7 }, (_, i) => `${Math.floor(i / 7)}/${i % 7}`);
    await writer.append(...rowsOf(paths, 16));
    await writer.close();
    const start = async (role: string) => {
      const { stdout } = await promisify(execFile)(process.execPath, [script, directory, role, String(milliseconds)]);
      return JSON.parse(stdout) as { commits: number; locked: number; versions: number };
    };
    const writers = Promise.all([start('write'), start('write')]);
    const readers = Promise.all(Array.from({ length: 8 }, () => start('read')));
    const [written, read] = [await writers, await readers];
    const total = (key: 'commits' | 'locked' | 'versions') =>
      [...written, ...read].reduce((sum, counts) => sum + counts[key], 0);
    console.log(
      `      ${total('commits')} commits, ${total('locked')} times locked, ${total('versions')} versions read`,
    );
    for (const { commits } of written) assert.ok(commits > 0, 'a writer never had its turn');
    for (const { versions } of read) assert.ok(versions > 0, 'a reader saw no new version');
    assert.ok(total('locked') > 0, 'the writers never met');
    const last = await openIndexForWriting(directory);
    assert.equal(last.entries.length, 6 * 7);
    await last.close();
    await rm(place, { recursive: true });
  }).timeout(120_000);
});
