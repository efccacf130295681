import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { logOf } from '../node/training/log-of.ts';
import { writeShapeTable } from '../node/training/shapes.ts';
import { main, run } from './run-main.ts';

describe('clip-tfjs train and finetune', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const pairs = writeShapeTable(folder);
  const config = join(folder, 'clip.json');
  const blocks = { width: 32, layers: 2 };
  const model = {
    embed_dim: 16,
    vision_cfg: { image_size: 16, patch_size: 8, head_width: 16, ...blocks },
    text_cfg: { context_length: 16, vocab_size: 560, heads: 2, ...blocks },
  };
  writeFileSync(
    config,
    JSON.stringify({
      model_cfg: model,
      training: { batchSize: 8, learningRate: 3e-3 },
      augmentation: { affine: { rotate: 5 }, colour: { brightness: 0.1 } },
    }),
  );
  const trainTo = (out: string, ...more: string[]) => {
    const choice = ['--config', config, '--data', pairs, '--val-share', '0.2', '--backend', 'wasm', '--out', out];
    return ['train', ...choice, ...more];
  };
  const trained = join(folder, 'trained');

  it('trains from a config and a table, and says what it does', () => {
    const { status, stdout, stderr } = run(...trainTo(trained, '--epochs', '20', '--json'));
    assert.equal(status, 0, stderr);
    const result = JSON.parse(stdout);
    assert.deepEqual([result.isFinished, result.step, result.resumedFrom], [true, 40, 0]);
    assert.match(stderr, /up to \d+ MB of memory: .* \(all values are kept for the way back\)/);
    assert.match(stderr, /epoch 20: loss [\d.]+; validation: loss [\d.]+, recall@1\/5\/10 picture to text/);
    assert.match(stderr, /saved the weights of epoch \d+, the best on validation, to/);
    assert.ok(result.best.validation.imageToText['recall@5'] >= 0.8, JSON.stringify(result.best));
    assert.equal(logOf(trained).length, 61);
    assert.match(stderr, /before training; validation: loss/);
    const report = readFileSync(join(trained, 'report.html'), 'utf8');
    assert.match(
      report,
      /uPlot[\s\S]*<th>validation loss<\/th>[\s\S]*<th>best so far<\/th><\/tr>[\s\S]*<td>yes<\/td><\/tr>/,
    );
    assert.match(report, /40 of 40 steps of 8 pairs; \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
  });

  it('goes on from what it saved, and what it saved classifies', () => {
    const out = join(folder, 'tuned');
    const { status, stderr } = run(
      'finetune',
      trained,
      '--data',
      pairs,
      '--epochs',
      '2',
      '--backend',
      'wasm',
      '--out',
      out,
    );
    assert.equal(status, 0, stderr);
    assert.match(stderr, /saved the model to/);
    const picture = join(folder, 'pictures', 'red-cross.png');
    const classified = run(
      'classify',
      picture,
      '--model',
      out,
      '--labels',
      'a red cross,a blue circle',
      '--template',
      '{}',
    );
    assert.equal(classified.status, 0, classified.stderr);
  });

  it('killed twenty times at any moment and run again, it has the log of one that was not', async () => {
    const steps = ['--steps', '300', '--checkpoint-seconds', '0.2'];
    const [unbroken, killed] = [join(folder, 'unbroken'), join(folder, 'killed')];
    const whole = run(...trainTo(unbroken, ...steps));
    assert.equal(whole.status, 0, whole.stderr);
    let kills = 0;
    const moments: number[] = [];
    const resumed = new Set<string>();
    while (kills < 20 || (resumed.size <= 3 && kills < 60)) {
      // a busy machine comes less far between two kills
      const child = spawn(process.execPath, [main, ...trainTo(killed, ...steps)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      const ended = once(child, 'exit');
      const training = untilItTrains(child);
      const moment = Math.random() ** 2 * 1500;
      moments.push(Math.round(moment));
      await Promise.race([ended, kills % 4 === 0 ? setTimeout(moment) : training.then(() => setTimeout(moment))]);
      child.kill('SIGKILL');
      const [code, signal] = await ended;
      assert.equal(signal, 'SIGKILL', `it ended with ${code} after ${kills} kills: ${stderr}`);
      resumed.add(stderr.match(/going on after step \d+/)?.[0] ?? 'from the beginning');
      kills++;
    }
    const last = run(...trainTo(killed, ...steps));
    assert.equal(last.status, 0, last.stderr);
    assert.ok(resumed.size > 3, `it went on ${[...resumed].join(', ')}`);
    assert.deepEqual(logOf(killed), logOf(unbroken), `killed after ${moments.join(', ')} ms`);
    for (const file of ['model.safetensors', 'vocab.json', 'config.json'])
      assert.deepEqual(readFileSync(join(killed, file)), readFileSync(join(unbroken, file)), file);
    const left = (out: string) => readdirSync(out, { recursive: true }).sort();
    assert.deepEqual(
      left(killed).filter((name) => !String(name).endsWith('.tmp')),
      left(unbroken),
    );
  });

  it("overwrites nothing that is not a run's, and leaves nothing where it cannot begin", () => {
    for (const name of ['report.html', 'log.jsonl', 'config.json', 'checkpoints']) {
      const out = mkdtempSync(join(folder, 'own-'));
      writeFileSync(join(out, name), 'mine');
      for (const args of [trainTo(out), ['finetune', trained, '--data', pairs, '--out', out]]) {
        const { status, stderr } = run(...args);
        assert.equal(status, 1);
        assert.match(stderr, new RegExp(`^Cannot train into .*: it holds ${name}, which no run .*\n$`));
      }
      assert.equal(readFileSync(join(out, name), 'utf8'), 'mine');
      assert.deepEqual(readdirSync(out), [name]);
    }
    const out = join(folder, 'never');
    for (const wrong of [
      ['--freeze', 'visaul.'],
      ['--val-share', '0.01'],
    ]) {
      const { status, stderr } = run(...trainTo(join(out, 'deep')), ...wrong);
      assert.equal(status, 1, stderr);
      assert.ok(!existsSync(out), wrong.join(' '));
    }
    const file = run(...trainTo(config));
    assert.match(file.stderr, /^Cannot write to .*clip\.json: it is a file, not a folder\n$/);
  });

  it('trains on when nobody hears it any more', async () => {
    const out = join(folder, 'unheard');
    const child = spawn(process.execPath, [main, ...trainTo(out, '--epochs', '2')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.destroy();
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    assert.equal(logOf(out).length, 7);
    assert.deepEqual(readdirSync(join(out, 'checkpoints')), ['step-00000004']);
  });

  it('ends with a checkpoint on Ctrl-C, and says how to go on', async () => {
    const out = join(folder, 'stopped');
    const child = spawn(process.execPath, [main, ...trainTo(out, '--steps', '300')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = once(child, 'exit');
    await untilItTrains(child);
    child.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 130, stderr);
    const [, step = ''] = stderr.match(/stopped after step (\d+) of 300; run the same command again to go on/) ?? [];
    assert.ok(Number(step) > 0, stderr);
    assert.deepEqual(readdirSync(join(out, 'checkpoints')), [`step-${step.padStart(8, '0')}`]);
    const other = run(...trainTo(out, '--steps', '400'));
    assert.equal(other.status, 1);
    assert.match(other.stderr, /its checkpoint is of another run: steps was 300 and is now 400/);
  });

  it('counts bad rows, names their lines, and stops over the stated rate', () => {
    const table = readFileSync(pairs, 'utf8').trimEnd().split('\n');
    const some = join(folder, 'some.csv');
    writeFileSync(some, [...table.slice(0, 5), 'pictures/none.png,a caption', ...table.slice(5)].join('\n'));
    const choice = ['finetune', trained, '--epochs', '1', '--backend', 'wasm'];
    const good = run(...choice, '--data', some, '--out', join(folder, 'some'));
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stderr, /skipped line 6 of .*some\.csv: there is no file .*none\.png/);
    assert.match(good.stderr, /1 rows could not be used/);
    const strict = run(...choice, '--data', some, '--out', join(folder, 'strict'), '--max-bad', '0.01');
    assert.equal(strict.status, 1);
    assert.match(strict.stderr, /1 of 25 rows are bad, more than 1 %; mend them, or allow more by --max-bad/);
  });

  it('says what is wrong with data, options and configs, and how to mend it', () => {
    const tune = ['finetune', trained, '--backend', 'wasm', '--out', join(folder, 'wrong')];
    const empty = join(folder, 'empty.csv');
    writeFileSync(empty, '');
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, JSON.stringify({ training: { epoch: 3 } }));
    const cases: [string[], number, RegExp][] = [
      [[...tune, '--data', pairs, '--text-column', 'caption'], 1, /expected a column 'caption' but its header/],
      [[...tune, '--data', empty], 1, /expected rows of pictures and captions but it has none/],
      [[...tune, '--data', join(folder, 'nothing')], 1, /there is no such file or folder/],
      [
        [...tune, '--data', pairs, '--val', pairs, '--val-share', '0.1'],
        2,
        /'--val-share <share>' cannot be used with option '--val <path>'/,
      ],
      [[...tune, '--data', pairs, '--val-share', '1'], 2, /expected a number from 0 to below 1/],
      [[...tune, '--data', pairs, '--average-decay', '2'], 2, /expected a number from 0 to below 1/],
      [[...tune, '--data', pairs, '--batch-size', '1'], 2, /expected a whole number from 2/],
      [[...tune, '--data', pairs, '--learning-rate', '-1'], 2, /expected a number from 0/],
      [[...tune, '--data', pairs, '--warmup', '50', '--steps', '9'], 2, /--warmup to be at most the run's 9 steps/],
      [[...tune, '--data', pairs, '--steps', '9', '--epochs', '9'], 2, /'--steps <count>' cannot be used with/],
      [[...tune, '--data', pairs, '--freeze', ''], 2, /expected how names begin/],
      [[...tune, '--data', pairs, '--threads', '2'], 2, /Cannot use --threads with --backend wasm/],
      [[...tune, '--data', join(folder, 'pictures')], 1, /put the pictures of each class into one, or name a table/],
      [
        [...tune, '--data', pairs, '--config', broken],
        1,
        /expected epoch to be absent; the fields known here are epochs/,
      ],
      [[...tune, '--data', pairs, '--config', config], 1, /describes a new model/],
      [
        ['finetune', trained, '--data', pairs, '--out', trained],
        1,
        /the model that is trained is there; choose another --out/,
      ],
      [
        ['train', '--config', broken, '--data', pairs, '--out', join(folder, 'wrong')],
        1,
        /expected epoch to be absent/,
      ],
      [['finetune', trained, '--data', pairs], 2, /required option '-o, --out <folder>' not specified/],
      [['train', '--data', pairs, '--out', 'x'], 2, /required option '-c, --config <path>' not specified/],
      [[...tune, '--data', pairs, '--batch-size', '0'], 2, /expected a whole number from 2/],
    ];
    for (const [args, expected, message] of cases) {
      const { status, stderr } = run(...args);
      assert.equal(status, expected, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
    }
    for (const command of ['train', 'finetune'])
      assert.match(run(command, '--help').stdout, /Example:\n {2}\$ clip-tfjs/);
  });
});

/** Resolves when it has said that a step was done, or ended. */
function untilItTrains(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stderr?.on('data', (chunk) => {
      if (/step \d+ of/.test(String(chunk))) resolve();
    });
    child.on('exit', () => resolve());
  });
}
