import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loadClip, saveClip, useBackend } from '../../src/node.ts';
import { interpolateClips } from '../../src/train.ts';
import { logOf } from '../node/training/log-of.ts';
import { shapeClip, writeShapes } from '../node/training/shapes.ts';
import { main, run } from './run-main.ts';

describe('clip-tfjs finetune --guard, and wise-ft', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const table = (name: string, head: string, rows: readonly string[]) => {
    writeFileSync(at(name), `${head}\n${rows.join('\n')}\n`);
    return at(name);
  };
  const shapes = writeShapes(folder);
  const isNew = (text: string) => /square|circle/.test(text);
  const data = table(
    'pairs.csv',
    'filepath,title',
    shapes.filter(({ text }) => isNew(text)).map(({ image, text }) => `${image},${text}`),
  );
  const fresh = table(
    'new.csv',
    'filepath,label',
    shapes.filter(({ text }) => isNew(text)).map(({ image, text }) => `${image},${text.split(' ')[2]}`),
  );
  const guard = table(
    'guard.csv',
    'filepath,label',
    shapes.filter(({ text }) => !isNew(text)).map(({ image, text }) => `${image},${text.split(' ')[2]}`),
  );
  const [start, tuned] = [at('start'), at('tuned')];
  before(async () => {
    await useBackend('wasm');
    const clip = shapeClip();
    await saveClip(clip, start, { layout: 'huggingface' });
    clip.dispose();
  });
  const finetune = (out: string, ...more: string[]) => [
    ...['finetune', start, '--data', data, '--guard', guard, '--guard-template', 'a {}', '--batch-size', '6'],
    ...['--learning-rate', '3e-3', '--backend', 'wasm', '--out', out, ...more],
  ];

  it('tells what is kept while it trains, at the end, and as JSON', () => {
    const { status, stdout, stderr } = run(...finetune(tuned, '--epochs', '3', '--guard-drop', '0.9', '--json'));
    assert.equal(status, 0, stderr);
    assert.match(stderr, /before training; guard: accuracy [\d.]+ % \([\d.]+ to [\d.]+\)\n/);
    assert.match(stderr, /epoch 3: loss [\d.]+; guard: accuracy/);
    assert.match(stderr, /\nguard: accuracy .* before training, accuracy .* at the end\n/);
    const result = JSON.parse(stdout);
    assert.deepEqual(
      [result.guard.before.count, result.guard.last.metric, result.guard.isOver],
      [12, 'accuracy', false],
    );
    assert.equal(logOf(tuned).filter((entry) => 'guard' in entry).length, 4);
    const { guard: kept } = JSON.parse(readFileSync(join(tuned, 'run.json'), 'utf8'));
    assert.deepEqual([kept.drop, kept.stop, kept.data.source, kept.data.pairs], [0.9, false, guard, 12]);
    assert.match(run('runs', tuned).stdout, /^run .* guard accuracy .*\n.* [\d.]+ % → [\d.]+ % /);
  });

  it('killed again and again, it has the log of one that was not', async () => {
    const steps = ['--steps', '60', '--checkpoint-seconds', '0.1', '--guard-drop', '0.9'];
    const [unbroken, killed] = [at('unbroken'), at('killed')];
    const whole = run(...finetune(unbroken, ...steps));
    assert.equal(whole.status, 0, whole.stderr);
    let kills = 0;
    for (let wait = 100; kills < 6; wait += 250) {
      const child = spawn(process.execPath, [main, ...finetune(killed, ...steps)], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      const begins = (async () => {
        while (!existsSync(join(killed, 'log.jsonl')) && child.exitCode === null) await setTimeout(20);
        await setTimeout(wait);
      })();
      await Promise.race([ended, begins]);
      child.kill('SIGKILL');
      const [, signal] = await ended;
      if (signal !== 'SIGKILL') break; // it came to its end
      kills++;
    }
    assert.ok(kills > 1);
    const last = run(...finetune(killed, ...steps));
    assert.equal(last.status, 0, last.stderr);
    assert.deepEqual(logOf(killed), logOf(unbroken));
    for (const file of ['model.safetensors', 'config.json'])
      assert.deepEqual(readFileSync(join(killed, file)), readFileSync(join(unbroken, file)), file);
  });

  it('blends at an alpha, and has the ends to the last bit', async () => {
    for (const [alpha, end] of [
      ['0', start],
      ['1', tuned],
    ] as const) {
      const out = at(`blend-${alpha}`);
      const { status, stderr } = run('wise-ft', start, tuned, '--alpha', alpha, '--out', out, '--backend', 'wasm');
      assert.equal(status, 0, stderr);
      assert.deepEqual(readFileSync(join(out, 'model.safetensors')), readFileSync(join(end, 'model.safetensors')));
    }
    const { status, stdout } = run('wise-ft', start, tuned, '--out', at('half'), '--backend', 'wasm', '--json');
    assert.equal(status, 0);
    assert.equal(JSON.parse(stdout).alpha, 0.5);
    const [from, to, half] = [await loadClip(start), await loadClip(tuned), await loadClip(at('half'))];
    const blend = await interpolateClips(from, to, 0.5);
    for (const [name, tensor] of half.parameters)
      assert.deepEqual(await tensor.data(), await blend.parameters.get(name)!.data(), name);
    for (const clip of [from, to, half, blend]) clip.dispose();
  });

  it('sweeps: a table, JSON, a report with the plot, and the best sum saved', () => {
    const sets = ['--data', fresh, '--guard', guard, '--template', 'a {}', '--backend', 'wasm', '--workers', '0'];
    const [out, report] = [at('best'), at('sweep.html')];
    const swept = run('wise-ft', start, tuned, '--sweep', '0.5', ...sets, '--out', out, '--report', report, '--json');
    assert.equal(swept.status, 0, swept.stderr);
    const result = JSON.parse(swept.stdout);
    const points: { alpha: number; sum: number; data: { value: number }; guard: { value: number } }[] = result.points;
    assert.deepEqual(
      points.map(({ alpha }) => alpha),
      [0, 0.5, 1],
    );
    for (const { data: learned, guard: kept, sum } of points)
      assert.ok(Math.abs(learned.value + kept.value - sum) < 1e-6);
    const best = points.find(({ alpha }) => alpha === result.best)!;
    assert.ok(points.every(({ sum }) => sum <= best.sum));
    assert.deepEqual(result.saved, { alpha: best.alpha, out });
    const html = readFileSync(report, 'utf8');
    assert.equal(html.match(/<circle class="(end|dot)"/g)?.length, 3);
    assert.match(html, /<polyline class="path"[\s\S]*>start<\/text>[\s\S]*>tuned<\/text>|<circle class="best"/);
    const evaluated = (model: string) =>
      JSON.parse(run('evaluate', fresh, '-m', model, '--template', 'a {}', '--backend', 'wasm', '--json').stdout)
        .metrics.acc1;
    for (const [alpha, model] of [
      [0, start],
      [1, tuned],
    ] as const)
      assert.equal(points.find((point) => point.alpha === alpha)?.data.value, evaluated(model));

    const { stdout } = run('wise-ft', start, tuned, '--sweep', ...sets);
    assert.equal(stdout.trimEnd().split('\n').length, 13);
    assert.match(stdout, /^12 new pictures, 12 of the guard; .*\nalpha +new data: accuracy +guard: accuracy +sum/);
  });

  it('refuses what does not go together, before a model is loaded', () => {
    for (const [args, message] of [
      [['wise-ft', start, tuned], /expected --out/],
      [['wise-ft', start, tuned, '--out', tuned], /is one of the two models/],
      [['wise-ft', start, tuned, '--alpha', '2', '--out', at('x')], /from 0, the start, to 1/],
      [['wise-ft', start, tuned, '--sweep'], /--sweep needs --data/],
      [['wise-ft', start, tuned, '--out', at('x'), '--data', fresh], /--data is for --sweep/],
      [['wise-ft', 'no', 'no', '--sweep', '--data', at('none.csv'), '--guard', guard], /no such file/],
      [['finetune', start, '--data', data, '--out', at('x'), '--guard-stop'], /expected --guard/],
      [['finetune', start, '--data', data, '--out', at('x'), '--guard', at('none')], /no such file/],
      [
        ['finetune', start, '--data', data, '--out', at('x'), '--guard', data, '--guard-template', 'a {}'],
        /has captions, not labels/,
      ],
    ] as const) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
    }
    const other = run('wise-ft', start, 'emoji-clip', '--out', at('x'), '--backend', 'wasm');
    assert.equal(other.status, 1);
    assert.match(other.stderr, /they differ: embedDim is 16 and 128/);
    assert.ok(!existsSync(at('x')));
  });
});
