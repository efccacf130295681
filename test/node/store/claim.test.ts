import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createIndex, IndexLockedError, openIndex, openIndexForWriting } from '../../../src/node/store/store.ts';
import { makePlace } from './place.ts';
import { headerOf, rowsOf } from './rows.ts';

describe('the one writer of an index', () => {
  let directory: string;
  let claim: string;
  beforeEach(async () => {
    directory = join(await makePlace(), 'store');
    claim = join(directory, 'writer.json');
    await (await createIndex(directory, headerOf(4))).close();
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));
  const takeOver = async () => (await openIndexForWriting(directory)).close();

  it('is named to a second one, which gets in when it has closed', async () => {
    const writer = await openIndexForWriting(directory);
    const { pid, since } = JSON.parse(await readFile(claim, 'utf8'));
    await assert.rejects(openIndexForWriting(directory), (error: IndexLockedError) => {
      assert.ok(error instanceof IndexLockedError);
      assert.deepEqual(error.holder, { pid: process.pid, host: hostname(), since });
      assert.match(error.message, new RegExp(`process ${pid} has been writing there since ${since}; wait for it`));
      return true;
    });
    await (await openIndex(directory)).close(); // readers do not mind
    await writer.close();
    await writer.close();
    assert.deepEqual((await readdir(directory)).sort(), ['manifest.json', 'shards']);
    await takeOver();
  });

  it('is one of many that try at the same time', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => openIndexForWriting(directory)));
    const [writer, ...more] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    assert.equal(more.length, 0);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof IndexLockedError, String(outcome.reason));
    await writer?.close();
  });

  it('does not count once its process is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(claim, JSON.stringify({ pid, host: hostname(), since: 'x', token: 'y' }));
    await takeOver();
    await writeFile(claim, JSON.stringify({ pid, host: hostname(), since: 'x', token: 'y', started: '1' }));
    await takeOver();
    await writeFile(claim, '{"pid":');
    await takeOver();
  });

  it('does not count where its id was given to another process', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const pid of [process.pid, process.ppid]) {
      await writeFile(claim, JSON.stringify({ pid, host: hostname(), since: 'x', token: 'y', started: '1' }));
      await takeOver();
    }
  });

  it('counts on another machine while it renews its claim', async () => {
    const holder = { pid: 1, host: 'elsewhere', since: '2026-01-01' };
    await writeFile(claim, JSON.stringify({ ...holder, token: 'y' }));
    await assert.rejects(openIndexForWriting(directory), (error: IndexLockedError) => {
      assert.deepEqual(error.holder, holder);
      assert.match(error.message, /process 1 on elsewhere has been writing/);
      return true;
    });
    const longAgo = new Date(Date.now() - 11 * 60_000);
    await utimes(claim, longAgo, longAgo);
    await takeOver();
  });

  it('writes nothing more once another took its place', async () => {
    const writer = await openIndexForWriting(directory);
    await writer.append(...rowsOf(['a'], 4));
    const other = { pid: 7, host: 'elsewhere', since: 'now', token: 'other' };
    await writeFile(claim, JSON.stringify(other));
    const before = await readdir(join(directory, 'shards'));
    await assert.rejects(writer.append(...rowsOf(['b'], 4)), (error: IndexLockedError) => {
      assert.match(error.message, /another writer took its place/);
      assert.equal(error.holder.host, 'elsewhere');
      return true;
    });
    await writer.close();
    assert.deepEqual(JSON.parse(await readFile(claim, 'utf8')), other);
    assert.deepEqual(await readdir(join(directory, 'shards')), before);
    assert.equal((await openIndex(directory)).index.entries.length, 1);
  });

  it('collects what killed ones left, and nothing else', async () => {
    const writer = await openIndexForWriting(directory);
    await writer.append(...rowsOf(['a'], 4));
    await writer.close();
    const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const left = ['shards/000002.safetensors', 'shards/000002.jsonl', `shards/.000003.jsonl.${uuid}.tmp`];
    left.push(`.manifest.json.${uuid}.tmp`, 'shards/000004.tombstones.jsonl', `.writer.json.${uuid}.tmp`);
    const others = ['notes.txt', 'shards/notes.txt', 'shards/12.jsonl', 'shards/000001.jsonl.bak'];
    for (const file of [...left, ...others]) await writeFile(join(directory, file), 'x');
    await takeOver();
    const files = (await readdir(directory, { recursive: true })).sort();
    const stays = ['manifest.json', 'shards', 'shards/000001.jsonl', 'shards/000001.safetensors', ...others];
    assert.deepEqual(files, stays.sort());
  });
});
