import assert from 'node:assert/strict';

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeShapeTable } from '../node/training/shapes.ts';
import { run } from './run-main.ts';

describe('clip-tfjs runs', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const pairs = writeShapeTable(folder);
  const config = join(folder, 'clip.json');
  const blocks = { width: 32, layers: 1 };
  const vision = { image_size: 16, patch_size: 8, head_width: 16, ...blocks };
  const text = { context_length: 16, vocab_size: 560, heads: 2, ...blocks };
  const training = { batchSize: 8, steps: 4 };
  writeFileSync(config, JSON.stringify({ model_cfg: { embed_dim: 16, vision_cfg: vision, text_cfg: text }, training }));
  const [slow, fast] = [join(folder, 'runs', 'slow'), join(folder, 'runs', 'fast')];
  const train = (out: string, ...more: string[]) =>
    run('train', '-c', config, '-d', pairs, '--val-share', '0.2', '--backend', 'wasm', '-o', out, ...more);

  it('compares what train has written, with event files on request', () => {
    const first = train(slow, '--learning-rate', '1e-5');
    assert.equal(first.status, 0, first.stderr);
    assert.equal(existsSync(join(slow, 'tensorboard')), false);
    const second = train(fast, '--learning-rate', '1e-2', '--tensorboard', '--json');
    assert.equal(second.status, 0, second.stderr);
    assert.equal(JSON.parse(second.stdout).tensorboard, join(fast, 'tensorboard'));
    assert.equal(readdirSync(join(fast, 'tensorboard')).length, 1);
    assert.equal(JSON.parse(readFileSync(join(fast, 'run.json'), 'utf8')).model.name, config);

    const page = join(folder, 'compare.html');
    const compared = run('runs', slow, `${fast}/`, fast, '--out', page);
    assert.equal(compared.status, 0, compared.stderr);
    assert.match(compared.stdout, /^run +steps +best validation loss .*trained parameters\n/);
    assert.match(compared.stdout, /\n\nrun +learningRate\n/);
    assert.match(compared.stderr, /wrote .*compare\.html/);
    assert.match(readFileSync(page, 'utf8'), /<h2>Settings that differ<\/h2>/);
    const { status, stdout } = run('runs', slow, fast, '--json');
    assert.equal(status, 0);
    const { runs, order, differences } = JSON.parse(stdout);
    assert.deepEqual([runs.length, order], [2, 'validation loss']);
    assert.ok(runs[0].best.validation.loss <= runs[1].best.validation.loss);
    assert.deepEqual(
      differences.map(({ name, values }: { name: string; values: string[] }) => [name, values.toSorted()]),
      [['learningRate', ['0.00001', '0.01']]],
    );
  });

  it('names every folder that is no run, and says what to name', () => {
    const { status, stderr } = run('runs', slow, join(folder, 'runs'), join(folder, 'nowhere'), pairs);
    assert.equal(status, 2);
    assert.match(stderr, /but got .*runs \(it holds 2 runs: name them, .*\); .*nowhere \(there is no such folder\)/);
    assert.match(stderr, /pairs\.csv \(a file\)/);
    assert.equal(run('runs', slow, '--out', join(folder, 'no', 'page.html')).status, 2);
  });

  it('refuses before a model is loaded a folder for events that cannot be written', () => {
    const { status, stderr } = train(join(folder, 'never'), '--tensorboard', join(pairs, 'events'));
    assert.equal(status, 1);
    assert.match(stderr, /Cannot write to .*pairs\.csv\/events: .* is a file, not a folder/);
    assert.equal(existsSync(join(folder, 'never')), false);
  });
});
