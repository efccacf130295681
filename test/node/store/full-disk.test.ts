import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createIndex, openIndex } from '../../../src/node/store/store.ts';
import { makePlace } from './place.ts';
import { faultOf, headerOf } from './rows.ts';

const script = fileURLToPath(new URL('./full-disk-child.js', import.meta.url));

describe('an index on a disk that is full', () => {
  it('stays as it was before the change that did not fit, and goes on', async function () {
    if (process.platform === 'win32') this.skip();
    const place = await makePlace();
    const directory = join(place, 'store');
    await (await createIndex(directory, headerOf(64))).close();
    // No file may exceed some hundred blocks: the nearest to a full disk that needs no rights
    const command = 'ulimit -f 400; exec "$0" "$1" "$2"';
    const output = execFileSync('sh', ['-c', command, process.execPath, script, directory], { encoding: 'utf8' });
    const { message, acknowledged } = JSON.parse(output);
    assert.match(message, /^Cannot write to .*shards.\d+\.safetensors: /);
    const { index } = await openIndex(directory);
    assert.equal(index.entries.length, acknowledged + 1);
    assert.ok(acknowledged > 16);
    assert.equal(faultOf(index), undefined);
    await rm(place, { recursive: true });
  }).timeout(20_000);
});
