import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { tarOf } from '../node/shards/tar-of.ts';
import { writeShapes, writeShapeTable } from '../node/training/shapes.ts';
import { main } from './run-main.ts';

describe('clip-tfjs train on shards and mixtures', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const table = writeShapeTable(folder);
  const shard = join(folder, 'shapes-000.tar');
  const members = writeShapes(folder).flatMap(({ image, text }, at) => [
    { name: `${at}.png`, content: readFileSync(join(folder, image)) },
    { name: `${at}.json`, content: JSON.stringify({ captions: [text, `${text} on grey`] }) },
  ]);
  writeFileSync(shard, tarOf(members));
  const config = join(folder, 'clip.json');
  const blocks = { width: 32, layers: 2 };
  const model = {
    embed_dim: 16,
    vision_cfg: { image_size: 16, patch_size: 8, head_width: 16, ...blocks },
    text_cfg: { context_length: 16, vocab_size: 560, heads: 2, ...blocks },
  };
  writeFileSync(config, JSON.stringify({ model_cfg: model, training: { batchSize: 8, learningRate: 3e-3 } }));
  const train = (out: string, ...more: string[]) => [
    ...[main, 'train', '--config', config, '--backend', 'wasm', '--out', join(folder, out)],
    ...['--data', join(folder, 'shapes-*.tar'), ...more],
  ];
  const run = (args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8' });
  const logOf = (out: string) =>
    readFileSync(join(folder, out, 'log.jsonl'), 'utf8').replaceAll(/"time":"[^"]*"|"samplesPerSecond":[\d.]+/g, '');

  it('killed again and again, it has the log and the weights of one that was not', async () => {
    const mixture = ['--data', table, '--data-weight', '1.5', '--data-weight', '0.5', '--val', shard];
    const steps = [...mixture, '--steps', '150', '--checkpoint-seconds', '0.1'];
    const whole = run(train('whole', ...steps));
    assert.equal(whole.status, 0, whole.stderr);
    const resumed = new Set<string>();
    for (let kills = 0; kills < 5 || (resumed.size < 3 && kills < 30); kills++) {
      const child = spawn(process.execPath, train('killed', ...steps), { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      const begun = new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk) => {
          stderr += chunk;
          if (/step \d+ of/.test(stderr)) resolve();
        });
      });
      const ended = once(child, 'exit');
      await Promise.race([ended, begun.then(() => setTimeout(200 + 150 * kills))]);
      child.kill('SIGKILL');
      const [code, signal] = await ended;
      if (code === 0) break; // it was at its end before it could be killed
      assert.equal(signal, 'SIGKILL', stderr);
      resumed.add(stderr.match(/going on after step \d+/)?.[0] ?? 'from the beginning');
    }
    const last = run(train('killed', ...steps));
    assert.equal(last.status, 0, last.stderr);
    assert.ok(resumed.size > 1, [...resumed].join());
    assert.equal(logOf('killed'), logOf('whole'));
    const weights = (out: string) => readFileSync(join(folder, out, 'model.safetensors'));
    assert.deepEqual(weights('killed'), weights('whole'));
  });

  it('says what is wrong with weights and shards before it loads anything', () => {
    const cases: [string[], number, RegExp][] = [
      [['--data', table, '--data-weight', '2'], 2, /expected a --data-weight for each of 2 --data but got 1/],
      [['--data-weight', '0'], 2, /expected a number above 0/],
      [['--data', join(folder, 'none.tar')], 1, /none\.tar: there is no such file or folder/],
      [['--data', join(folder, 'a.tar.gz')], 1, /expected a plain tar, .*gunzip/],
    ];
    for (const [more, status, message] of cases) {
      const result = run(train('wrong', ...more));
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stderr, message);
    }
    const evaluated = run([main, 'evaluate', shard, '--task', 'retrieval', '--model', 'emoji-clip']);
    assert.equal(evaluated.status, 2, evaluated.stderr);
    assert.match(evaluated.stderr, /has them in shards; unpack it/);
  });
});
