import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countBadRows } from '../../../src/node/training/bad-rows.ts';
import { claimDirectory } from '../../../src/node/training/claim.ts';
import { sameAnswers } from '../../../src/node/training/embed-pairs.ts';
import { refuseOtherRun } from '../../../src/node/training/identity.ts';
import { openLog, readLog, type StepEntry } from '../../../src/node/training/log.ts';
import { newModel } from '../../../src/node/training/new-model.ts';
import { assertFreezes, fineTuningRate, learningRateAdvice, sizeRun } from '../../../src/node/training/plan.ts';
import { defaultSettings, readTrainingConfig } from '../../../src/node/training/settings.ts';
import { watchTraining } from '../../../src/node/training/watch.ts';
import { useBackend } from '../../../src/node.ts';
import { tinyConfig } from '../../tiny.ts';
import { collectWarnings } from '../../warnings.ts';

const entry = (changes: Partial<StepEntry> = {}): StepEntry => ({
  step: 1,
  epoch: 1,
  loss: 1,
  logitScale: 20,
  learningRate: 1e-3,
  gradientNorm: 1,
  skipped: 0,
  pairs: 8,
  repeated: 0,
  time: '',
  samplesPerSecond: 1,
  ...changes,
});

describe('a training config', () => {
  const read = (value: unknown) => readTrainingConfig('clip.json', JSON.stringify(value));

  it('has its settings and augmentation as plain data', () => {
    const training = { steps: 5, batchSize: 2, learningRate: 1e-3, betas: [0.9, 0.99], freeze: ['visual.'], seed: 3 };
    const augmentation = {
      crop: { scale: [0.5, 1] },
      affine: { rotate: 10, scale: [0.8, 1.2] },
      colour: { hue: 0.1, grey: 0.2 },
      background: { probability: 0.5, colours: [[0, 128, 255]] },
    };
    const config = read({ training, augmentation, tokenizer: 'here', model_cfg: {} });
    assert.deepEqual(config, { settings: training, augmentation, tokenizer: 'here', hasModel: true });
    assert.deepEqual(read({ augmentation: { crop: null } }).augmentation, { crop: null });
    assert.deepEqual(read({}), { settings: {}, augmentation: {}, tokenizer: undefined, hasModel: false });
  });

  it('is refused where a field is misspelt or out of range', () => {
    for (const [config, message] of [
      [{ trainning: {} }, /expected trainning to be absent; the fields known here are model_cfg/],
      [{ training: { batchsize: 2 } }, /clip\.json, training: expected batchsize to be absent/],
      [{ training: { learningRate: -1 } }, /expected learningRate to be a number from 0 up but got -1/],
      [{ training: { betas: [0.9] } }, /expected betas to be two numbers/],
      [{ training: { freeze: 'visual.' } }, /expected freeze to be a list of strings/],
      [{ augmentation: { affine: { rotation: 3 } } }, /expected rotation to be absent/],
      [
        { augmentation: { affine: { scale: [1.2, 0.8] } } },
        /expected scale to be two numbers .* the smaller one first/,
      ],
      [{ augmentation: { background: { colours: [[0, 0, 300]] } } }, /expected colours to be a list of colours/],
      [{ augmentation: { colour: 3 } }, /augmentation, colour: expected a JSON object/],
    ] as const)
      assert.throws(() => read(config), message);
  });
});

describe('the warnings of a training', () => {
  const watchAll = (entries: StepEntry[], warmup = 0) => {
    const watch = watchTraining(warmup);
    return entries.flatMap((each) => watch(each).map((message) => `${each.step}: ${message}`));
  };
  const run = (count: number, changes: (step: number) => Partial<StepEntry>) =>
    Array.from({ length: count }, (_, index) => entry({ step: index + 1, ...changes(index + 1) }));

  it('say once that the loss stays at that of guessing, after the warm-up', () => {
    const guessing = () => ({ loss: Math.log(8) });
    assert.match(
      watchAll(run(300, guessing)).join('\n'),
      /^100: the loss has stayed at ln\(8\) = 2\.08, that of guessing[^\n]*$/,
    );
    assert.match(watchAll(run(300, guessing), 200)[0] ?? '', /^250: /);
    assert.deepEqual(watchAll(run(300, (step) => ({ loss: Math.log(8) * (step < 60 ? 1 : 0.9) }))), []);
  });

  it('say that a batch has pairs twice, that a step was skipped, that the temperature is at its bound', () => {
    assert.match(watchAll(run(3, (step) => ({ repeated: step - 1 }))).join('\n'), /^2: step 2 has 1 of 8 pairs[^\n]*$/);
    assert.match(watchAll(run(3, (step) => ({ skipped: step - 1, loss: null })))[0] ?? '', /^2: step 2 was skipped/);
    assert.match(
      watchAll(run(3, (step) => ({ logitScale: 98 + step })))[0] ?? '',
      /^2: the temperature is at its bound/,
    );
    assert.deepEqual(watchAll(run(3, () => ({ logitScale: 100 }))), [], 'published models begin there');
  });
});

describe('bad rows', () => {
  it('that are known beforehand are counted all', () => {
    const reports: string[] = [];
    const missing = Array.from({ length: 29 }, (_, line) => ({ line, reason: 'it is not there' }));
    const bad = countBadRows('pairs.csv', 40, 0.05, [], (message) => reports.push(message));
    assert.throws(() => bad.addAll(missing), /: 29 of 40 rows are bad, more than 5 %/);
    assert.deepEqual(reports.slice(-2), ['skipped line 19 of pairs.csv: it is not there', 'and 9 more lines']);
  });

  it('are reported once each, and stop the run over the allowed share', () => {
    const reports: string[] = [];
    const bad = countBadRows('pairs.csv', 40, 0.05, [{ line: 3, reason: 'x' }], (message) => reports.push(message));
    bad.add({ line: 3, reason: 'x' });
    bad.add({ line: 9, reason: 'it has no caption' });
    bad.add({ line: 9, reason: 'it has no caption' });
    assert.deepEqual(reports, ['skipped line 9 of pairs.csv: it has no caption']);
    assert.throws(
      () => bad.add({ line: 10, reason: 'y' }),
      /Cannot train on pairs\.csv: at least 3 of 40 rows are bad, more than 5 %; mend them, or allow more by --max-bad/,
    );
  });
});

describe('the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log.jsonl');
  const steps = async (bytes?: number) => {
    const found = [];
    for await (const line of readLog(path, bytes)) found.push('step' in line ? line.step : -line.epoch);
    return found;
  };

  it('goes on after the bytes that the checkpoint noted, even in the midst of a line', async () => {
    const log = await openLog(path, 0);
    await log.add(entry({ step: 1 }));
    await log.add({ epoch: 1, meanLoss: null, time: '' });
    const bytes = await log.sync();
    await log.add(entry({ step: 2 }));
    await log.close();
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"step":3,"ep`);
    assert.deepEqual(await steps(bytes), [1, -1]);
    const again = await openLog(path, bytes);
    await again.add(entry({ step: 2 }));
    await again.close();
    assert.deepEqual(await steps(), [1, -1, 2]);
  });

  it('says so where it is shorter than it should be', async () => {
    const [warning] = await collectWarnings(async () => (await openLog(path, 1e6)).close());
    assert.match(warning ?? '', /shorter than the checkpoint says/);
    assert.deepEqual(await steps(), [1, -1, 2]);
  });
});

describe('a directory that is trained into', () => {
  it('is refused to a second run, not to one after a killed one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
    const path = join(folder, '.running');
    writeFileSync(path, String(process.ppid));
    await assert.rejects(claimDirectory(folder), new RegExp(`process ${process.ppid} is at work there`));
    writeFileSync(path, '999999999');
    const release = await claimDirectory(folder);
    assert.equal(readFileSync(path, 'utf8'), String(process.pid));
    await assert.rejects(claimDirectory(folder), /another run of this process is at work there/);
    await release();
    assert.throws(() => readFileSync(path), /ENOENT/);
    await (await claimDirectory(folder))();
    rmSync(folder, { recursive: true });
  });

  it('belongs to one run: what differs is named', () => {
    const saved = { 'the model': 'a', batchSize: 32, seed: 1, 'augmentation.affine.rotate': 3 };
    refuseOtherRun('out', saved, { ...saved });
    assert.throws(
      () => refuseOtherRun('out', saved, { 'the model': 'b', batchSize: 16, seed: 1, warmup: 2 }),
      /the model changed; batchSize was 32 and is now 16; augmentation\.affine\.rotate was 3 and is now not given; warmup was not given and is now 2\. Use/,
    );
  });
});

describe('sameAnswers()', () => {
  it('joins pairs by concept, picture and caption, also through a third', () => {
    const pair = (image: string, text: string, concept?: string) => ({ line: 0, image, texts: [text], concept });
    const groups = sameAnswers([
      pair('1', 'a'),
      pair('2', 'b'),
      pair('1', 'b'),
      pair('3', 'c', 'x'),
      pair('4', 'd', 'x'),
      pair('5', 'e'),
    ]);
    assert.equal(new Set(groups.slice(0, 3)).size, 1);
    assert.equal(groups[3], groups[4]);
    assert.equal(new Set(groups).size, 3);
  });
});

describe("a run's size and learning rate", () => {
  it('is cut to what there is, and two pairs are the least', () => {
    const said: string[] = [];
    const size = sizeRun(20, { ...defaultSettings, epochs: 3 }, (message) => said.push(message));
    assert.deepEqual(size, { batchSize: 20, stepsPerEpoch: 1, steps: 3, warmup: 0 });
    assert.match(said[0] ?? '', /there are 20 pairs for training, so the batch size is 20, not 32/);
    assert.deepEqual(sizeRun(70, { ...defaultSettings, steps: 30 }, assert.fail), {
      batchSize: 32,
      stepsPerEpoch: 2,
      steps: 30,
      warmup: 3,
    });
    assert.throws(() => sizeRun(1, defaultSettings, assert.fail), /expected two pairs or more/);
  });

  it('freezes what there is, and nothing else', () => {
    assertFreezes(['visual.', 'text.resblocks.0.', 'logitScale'], tinyConfig());
    assert.throws(
      () => assertFreezes(['visual.', 'visaul.'], tinyConfig()),
      /Cannot freeze 'visaul\.': .* they begin with logitScale, visual\.patchEmbedding, .*text\.resblocks/,
    );
  });

  it('is warned of where it is far above what fine-tuning stands', () => {
    const tiny = tinyConfig();
    const large = tinyConfig({ vision: { ...tiny.vision!, width: 768 } as never });
    assert.equal(fineTuningRate(large), 1e-5);
    assert.equal(fineTuningRate(tiny), 2.4e-4);
    assert.equal(learningRateAdvice(large, 1e-4), undefined);
    assert.match(learningRateAdvice(large, 5e-4) ?? '', /0\.0005 is far above what fine-tuning stands/);
  });
});

describe('newModel()', () => {
  before(() => useBackend('cpu'));
  const config = (vocabSize: number) =>
    JSON.stringify({
      model_cfg: {
        embed_dim: 8,
        vision_cfg: { image_size: 8, patch_size: 4, width: 8, layers: 1, head_width: 8 },
        text_cfg: { context_length: 8, vocab_size: vocabSize, width: 8, heads: 1, layers: 1 },
      },
    });

  it('learns a vocabulary of the captions, as large as they give', async () => {
    const clip = await newModel(config(516), undefined, ['banana banana'], 1);
    assert.equal(clip.config.text?.vocabSize, 516);
    assert.equal(clip.tokenizer.vocabSize, 516);
    clip.dispose();
    const [warning] = await collectWarnings(async () => {
      const small = await newModel(config(5000), undefined, ['banana banana'], 1);
      assert.equal(small.config.text?.vocabSize, small.tokenizer.vocabSize);
      small.dispose();
    });
    assert.match(warning ?? '', /the captions give \d+ tokens, not 5000/);
  });
});
