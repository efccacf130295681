import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PairSet } from '../../../src/node/pairs.ts';
import { isStep } from '../../../src/node/training/log.ts';
import { trainOnFiles } from '../../../src/node/training/run.ts';
import { readRunFile, runRows } from '../../../src/node/training/run-file.ts';
import type { RunOptions } from '../../../src/node/training/run-options.ts';
import { defaultSettings } from '../../../src/node/training/settings.ts';
import { parameterCount, readPairs, useBackend } from '../../../src/node.ts';
import { shapeClip, writeShapeTable } from './shapes.ts';

describe('what a run writes beside its log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const settings = { ...defaultSettings, steps: 4, batchSize: 8, learningRate: 3e-3, freeze: ['visual.'] };
  let pairs: PairSet;
  before(async () => {
    await useBackend('cpu');
    pairs = await readPairs(writeShapeTable(folder));
  });

  /** Trains until a step. @returns what was reported */
  async function run(options: Partial<RunOptions> & { out: string }, stopAt = 4): Promise<string[]> {
    const clip = shapeClip();
    const stop = new AbortController();
    const said: string[] = [];
    const report = (message: string) => void said.push(message);
    const all = { settings, workers: 0, signal: stop.signal, report, ...options };
    try {
      for await (const entry of trainOnFiles(clip, pairs, undefined, all)) {
        if (isStep(entry) && entry.step === stopAt) stop.abort();
      }
    } finally {
      clip.dispose();
    }
    return said;
  }

  it('has in run.json what it was begun with, and keeps that when it goes on', async () => {
    const out = join(folder, 'one');
    await run({ out, model: 'tiny' }, 2);
    const begun = await readRunFile(out);
    assert.ok(begun);
    assert.equal(begun.settings.learningRate, 3e-3);
    assert.deepEqual(begun.size, { batchSize: 8, stepsPerEpoch: 3, steps: 4, warmup: 0 });
    const clip = shapeClip();
    const [parameters, visual] = [parameterCount(clip.config), parameterCount(clip.config, 'image')];
    clip.dispose();
    const { sha256, ...model } = begun.model; // the temperature, counted with either tower, is trained
    assert.deepEqual(model, { name: 'tiny', parameters, trainedParameters: parameters - visual + 1 });
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual([begun.data.training.pairs, begun.data.training.badRows, begun.data.validation], [24, 0, null]);
    assert.equal(begun.backend, 'cpu');
    assert.ok(begun.host.processors > 0 && begun.host.memoryBytes > 0);
    await run({ out, model: 'another name' });
    assert.deepEqual(await readRunFile(out), begun);
  });

  it('refuses a damaged run.json by name', async () => {
    const out = join(folder, 'damaged');
    mkdirSync(out);
    for (const [text, expected] of [
      ['{', /Cannot read .*run\.json: .*; take it away/],
      ['{"format":2}', /expected format 1 but got 2/],
    ] as const) {
      writeFileSync(join(out, 'run.json'), text);
      await assert.rejects(readRunFile(out), expected);
    }
    assert.equal(await readRunFile(folder), undefined);
  });

  it('leaves nothing behind where it cannot begin', async () => {
    const out = join(folder, 'never');
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(run({ out, tensorboard: join(folder, 'file', 'events') }), /Cannot write to .*events/);
    assert.equal(existsSync(out), false);
  });

  it('writes event files where it is told, into tensorboard by default', async () => {
    const [out, elsewhere] = [join(folder, 'events'), join(folder, 'elsewhere')];
    await run({ out, tensorboard: true }, 1);
    assert.equal(readdirSync(join(out, 'tensorboard')).length, 1);
    assert.deepEqual(await run({ out, tensorboard: elsewhere }, 2).then((said) => said.filter(aboutEvents)), []);
    const [first = ''] = readdirSync(elsewhere);
    assert.match(readFileSync(join(elsewhere, first), 'latin1'), /settings\.learningRate \| 0\.003/);
    assert.equal(readFileSync(join(elsewhere, first), 'latin1').split('train/loss').length, 3); // step 1 as well
    const said = await run({ out: join(folder, 'other'), tensorboard: elsewhere }, 1);
    assert.match(said.filter(aboutEvents).join(), /elsewhere has event files already: TensorBoard will show this run/);
  });
});

function aboutEvents(message: string): boolean {
  return /event/i.test(message);
}

describe('runRows()', () => {
  it('gives values by their path', () => {
    const value = { a: { b: 1, c: [1, 2] }, d: 'text', e: null, f: undefined };
    assert.deepEqual(runRows(value), [
      ['a.b', '1'],
      ['a.c', '[1,2]'],
      ['d', 'text'],
      ['e', 'null'],
    ]);
  });
});
