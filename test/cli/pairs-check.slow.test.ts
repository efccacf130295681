import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { blocks, plant } from '../node/pairs-check/planted.ts';
import { tarOf } from '../node/shards/tar-of.ts';

const main = join('build', 'src', 'cli', 'main.js');

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'pairs', 'check', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('clip-tfjs pairs check', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const good = plant(folder, 'good.csv');
  for (let index = 0; index < 3; index++) good.row(good.fresh(), `picture number ${index}`);
  const worse = plant(folder, 'worse.csv', 100);
  for (let index = 0; index < 3; index++) worse.row(worse.fresh(), `picture number ${index}`);
  const line = worse.row(worse.picture('x.png', encodePng(blocks(7, 300, 230))), 'IMG_0001.jpg');
  const [fine, doubtful] = [good.write(), worse.write()];

  it('is short where all is well', () => {
    const { status, stdout, stderr } = run(fine, '--strict');
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^fit to train\ndata 3 rows, 3 pictures, [\d.]+ s; 0.0 % of the pairs meet a false negative in a batch of 32\n$/,
    );
  });

  it('passes over warnings unless it is strict, and writes what it found', () => {
    const [out, clean] = [join(folder, 'check.html'), join(folder, 'clean.jsonl')];
    const { status, stdout, stderr } = run(doubtful, '--json', '--out', out, '--write-clean', clean);
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout);
    assert.equal(report.verdict, 'trainable with warnings');
    assert.deepEqual(report.findings, [
      {
        ...report.findings[0],
        kind: 'file-name-caption',
        count: 1,
        share: 0.25,
        places: [
          {
            set: 'data',
            line,
            pair: 3,
            image: join(folder, 'pictures', 'x.png'),
            caption: 'img_0001.jpg',
            detail: 'img_0001.jpg',
            drop: true,
          },
        ],
      },
    ]);
    assert.equal(readFileSync(clean, 'utf8').trimEnd().split('\n').length, 3);
    assert.match(readFileSync(out, 'utf8'), /<h1>Pairs: trainable with warnings<\/h1>/);
    const strict = run(doubtful, '--strict');
    assert.equal(strict.status, 1);
    assert.match(strict.stdout, /warning {2}Captions that are names of files +1 +25.0 % +e\.g\. line 5/);
  });

  it('compares by a model, where one is named', () => {
    const { status, stdout, stderr } = run(doubtful, '--model', 'emoji-clip', '--backend', 'wasm', '--json');
    assert.equal(status, 0, stderr);
    const { model } = JSON.parse(stdout);
    assert.equal(model.name, 'emoji-clip');
    assert.ok(model.imageSize < 224 && model.contextLength < 77);
  });

  it('refuses what it cannot read or write before any work', () => {
    const shard = join(folder, 'one.tar');
    writeFileSync(
      shard,
      tarOf([
        { name: '1.png', content: encodePng(blocks(7, 30, 30)) },
        { name: '1.txt', content: 'a picture' },
      ]),
    );
    for (const args of [
      [join(folder, 'none.csv')],
      [fine, '--write-clean', join(folder, 'clean.txt')],
      [fine, '--text-column', 'words'],
      [fine, '--write-clean', fine],
      [shard, '--write-clean', join(folder, 'clean.csv')],
    ]) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, stderr);
    }
    const { status, stderr } = run(fine, '--out', join(folder, 'no', 'folder.html'));
    assert.equal(status, 1);
    assert.match(stderr, /there is no folder/);
    assert.equal(existsSync(join(folder, 'no')), false);
  });
});
