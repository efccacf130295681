import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loadClip, saveClip, useBackend } from '../../src/node.ts';
import { logOf } from '../node/training/log-of.ts';
import { shapeClip, writeShapeTable } from '../node/training/shapes.ts';
import { main, run } from './run-main.ts';

async function parametersOf(directory: string): Promise<Map<string, Float32Array>> {
  using clip = await loadClip(directory);
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of clip.parameters) values.set(name, Float32Array.from(await tensor.data<'float32'>()));
  return values;
}

describe('clip-tfjs finetune --mode, and merge', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const pairs = writeShapeTable(folder);
  const [base, adapted] = [join(folder, 'base'), join(folder, 'adapted')];
  const tune = (out: string, ...more: string[]) => {
    const choice = ['--data', pairs, '--val-share', '0.2', '--batch-size', '8', '--backend', 'wasm', '--out', out];
    return ['finetune', base, ...choice, ...more];
  };
  const lora = ['--mode', 'lora', '--lora-rank', '4', '--lora-targets', 'qkv,out,fc'];
  before(async () => {
    await useBackend('wasm');
    using clip = shapeClip();
    await saveClip(clip, base, { layout: 'huggingface' });
  });

  it('trains LoRA, says how much that is, and keeps the adapter apart from the merged model', async () => {
    const { status, stderr } = run(...tune(adapted, ...lora, '--epochs', '6'));
    assert.equal(status, 0, stderr);
    assert.match(stderr, /trains [\d,]+ of [\d,]+ parameters \([\d.]+ %\): LoRA of rank 4, alpha 16 on qkv, out, fc/);
    assert.doesNotMatch(stderr, /far above/);
    assert.match(stderr, /epoch \d: .*best so far, saved/);
    assert.deepEqual(readdirSync(join(adapted, 'adapter')), ['adapter_config.json', 'adapter_model.safetensors']);
    assert.match(readFileSync(join(adapted, 'report.html'), 'utf8'), /<td>lora\.targets<\/td><td>qkv, out, fc<\/td>/);
    const [before, after] = [await parametersOf(base), await parametersOf(adapted)];
    const changed = [...after].filter(([name, values]) => values.some((value, i) => value !== before.get(name)![i]));
    assert.equal(changed.length, 2 * 2 * 3);
    assert.ok(changed.every(([name]) => /(attn\.(qkv|out)|mlp\.fc)\.kernel$/.test(name)));
  });

  it('merges the adapter on its base to the model that training made, and on no other', () => {
    const out = join(folder, 'merged');
    const { status, stdout, stderr } = run(
      'merge',
      base,
      join(adapted, 'adapter'),
      '--out',
      out,
      '--backend',
      'wasm',
      '--json',
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { base, adapter: join(adapted, 'adapter'), out });
    for (const file of ['model.safetensors', 'config.json', 'vocab.json'])
      assert.deepEqual(readFileSync(join(out, file)), readFileSync(join(adapted, file)), file);
    const refused = join(folder, 'refused');
    for (const [source, adapter, target, code, message] of [
      [adapted, join(adapted, 'adapter'), refused, 1, /Cannot use the adapter .* it was trained on another model/],
      [
        base,
        adapted,
        refused,
        1,
        /Cannot read an adapter from .*adapted: expected a directory with adapter_config\.json/,
      ],
      [base, join(adapted, 'adapter'), base, 2, /it is what is merged; choose another --out/],
    ] as const) {
      const { status, stderr } = run('merge', source, adapter, '--out', target, '--backend', 'wasm');
      assert.equal(status, code, stderr);
      assert.match(stderr, message);
    }
    assert.ok(!existsSync(refused));
  });

  it('killed at any moment and run again, LoRA has the log, the model and the adapter of a run that was not', async () => {
    const [unbroken, killed] = [join(folder, 'unbroken'), join(folder, 'killed')];
    const steps = [...lora, '--steps', '120', '--checkpoint-seconds', '0.2', '--layer-decay', '0.8'];
    const whole = run(...tune(unbroken, ...steps));
    assert.equal(whole.status, 0, whole.stderr);
    const resumed = new Set<string>();
    for (let kills = 0; kills < 5 || (resumed.size < 2 && kills < 15); kills++) {
      const child = spawn(process.execPath, [main, ...tune(killed, ...steps)], { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      const training = new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk) => {
          stderr += chunk;
          if (/step \d+ of/.test(stderr)) resolve();
        });
      });
      const ended = once(child, 'exit');
      await Promise.race([ended, training.then(() => setTimeout(Math.random() * 800))]);
      child.kill('SIGKILL');
      await ended;
      resumed.add(stderr.match(/going on after step \d+/)?.[0] ?? 'from the beginning');
    }
    const last = run(...tune(killed, ...steps));
    assert.equal(last.status, 0, last.stderr);
    assert.ok(resumed.size >= 2, [...resumed].join(', '));
    assert.deepEqual(logOf(killed), logOf(unbroken));
    for (const file of ['model.safetensors', 'adapter/adapter_model.safetensors', 'adapter/adapter_config.json'])
      assert.deepEqual(readFileSync(join(killed, file)), readFileSync(join(unbroken, file)), file);
  });

  for (const [mode, trained] of Object.entries({
    'lock-image': /^(text\.|logitScale)/,
    'lock-text': /^(visual\.|logitScale)/,
    'last-blocks': /^(\w+\.resblocks\.1\.|visual\.(lnPost|proj)|text\.(lnFinal|proj)|logitScale)/,
    projections: /^(visual\.proj|text\.proj|logitScale)$/,
  }))
    it(`trains with --mode ${mode} what it says, and nothing else`, async () => {
      const out = join(folder, mode);
      const more = mode === 'last-blocks' ? ['--last-blocks', '1', '--layer-decay', '0.5'] : [];
      const choice = ['--mode', mode, ...more, '--epochs', '1', '--learning-rate', '1e-3', '--warmup', '0'];
      const { status, stderr } = run(
        'finetune',
        base,
        '--data',
        pairs,
        '--batch-size',
        '8',
        '--backend',
        'wasm',
        '--out',
        out,
        ...choice,
      );
      assert.equal(status, 0, stderr);
      const [before, after] = [await parametersOf(base), await parametersOf(out)];
      for (const [name, values] of after) {
        const isChanged = values.some((value, index) => value !== before.get(name)![index]);
        assert.equal(isChanged, trained.test(name), name);
      }
      assert.ok(!existsSync(join(out, 'adapter')));
      assert.equal(/the (image|text) tower is locked/.test(stderr), mode.startsWith('lock-'), stderr);
    });

  it('refuses, before a model is loaded, what does not go together', () => {
    const wrong = (...more: string[]) =>
      run('finetune', join(folder, 'no-model'), '--data', pairs, '--out', join(folder, 'x'), ...more);
    const config = join(folder, 'lora.json');
    writeFileSync(config, JSON.stringify({ training: { mode: 'lora', lora: { rank: 2 } } }));
    for (const [more, message] of [
      [['--lora-rank', '4'], /settings of LoRA \(--lora-…\) in mode 'full'/],
      [['--last-blocks', '2', '--mode', 'lock-image'], /--last-blocks\) in mode 'lock-image'/],
      [['--mode', 'lora', '--average-decay', '0.9'], /an average of weights is no low-rank change/],
      [['--config', config, '--average-decay', '0.9'], /an average of weights is no low-rank change/],
      [['--mode', 'projections', '--layer-decay', '0.9'], /--layer-decay\) in mode 'projections'/],
      [['--mode', 'half'], /Allowed choices are full, lock-image, lock-text, last-blocks, projections, lora/],
      [['--mode', 'lora', '--lora-targets', 'q,v'], /expected qkv, out, fc, proj, or some of them/],
      [['--mode', 'lora', '--lora-alpha', '0'], /expected a number above 0/],
      [['--layer-decay', '0'], /expected a number above 0, at most 1/],
    ] as const) {
      const { status, stderr } = wrong(...more);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    }
    const large = run(...tune(join(folder, 'large'), '--mode', 'lora', '--lora-rank', '64'));
    assert.equal(large.status, 1);
    assert.match(large.stderr, /expected a rank \(--lora-rank\) up to 32, .* but got 64/);
    const scratch = run('train', '--config', config, '--data', pairs, '--out', join(folder, 'x'));
    assert.equal(scratch.status, 1, 'it has no model_cfg');
    const steep = join(folder, 'steep.json');
    writeFileSync(steep, JSON.stringify({ model_cfg: {}, training: { layerDecay: 2 } }));
    const decayed = run('train', '--config', steep, '--data', pairs, '--out', join(folder, 'x'));
    assert.equal(decayed.status, 2);
    assert.match(decayed.stderr, /expected layerDecay .* at most 1, but got 2/);
    assert.ok(!existsSync(join(folder, 'x')) && !existsSync(join(folder, 'large')));
  });
});
