import assert from 'node:assert/strict';
import { describeTrained, trainableIn } from '../../../src/node/training/adaptation.ts';
import { assertMode, assertModeChoice, usedSettings } from '../../../src/node/training/mode-settings.ts';
import { fineTuningRate, learningRateAdvice } from '../../../src/node/training/plan.ts';
import { defaultSettings, readTrainingConfig } from '../../../src/node/training/settings.ts';
import { parameterCount, parameterShapes } from '../../../src/parameters.ts';
import { tinyConfig } from '../../tiny.ts';

const tiny = tinyConfig();

describe("a training's mode", () => {
  it('stands in a config, those settings of LoRA that are given', () => {
    const read = (training: object) => readTrainingConfig('clip.json', JSON.stringify({ training })).settings;
    const settings = { mode: 'lora', lora: { rank: 4, targets: ['qkv', 'fc'] }, layerDecay: 0.7 };
    assert.deepEqual(read(settings), settings);
    assert.deepEqual(read({ mode: 'last-blocks', lastBlocks: 3 }), { mode: 'last-blocks', lastBlocks: 3 });
    for (const [training, message] of [
      [{ mode: 'half' }, /expected mode to be 'full' or 'lock-image' or .*'lora' but got "half"/],
      [{ lastBlocks: 0 }, /expected lastBlocks to be a positive integer/],
      [{ lora: 8 }, /training, lora: expected a JSON object/],
      [{ lora: { rank: 0 } }, /expected rank to be a positive integer/],
      [{ lora: { alpha: 0 } }, /expected alpha to be a number above 0/],
      [{ lora: { dropout: 0.1 } }, /expected dropout to be absent/],
      [{ lora: { targets: ['q'] } }, /expected targets to be a list of qkv, out, fc, proj/],
      [{ lora: { targets: ['fc', 'fc'] } }, /expected targets to be a list/],
    ] as const)
      assert.throws(() => read(training), message);
  });

  it('refuses settings that it has no use for', () => {
    for (const [choice, message] of [
      [{ lastBlocks: 2 }, /lastBlocks \(--last-blocks\) in mode 'full': it belongs to mode 'last-blocks'/],
      [{ mode: 'lock-image', lora: { rank: 2 } }, /LoRA \(--lora-…\) in mode 'lock-image'/],
      [{ mode: 'lora', averageDecay: 0.9 }, /averageDecay .* in mode 'lora': an average of weights is no low-rank/],
      [{ mode: 'projections', layerDecay: 0.9 }, /layerDecay .* in mode 'projections'/],
      [{ layerDecay: 1.5 }, /expected layerDecay .* above 0, at most 1, but got 1.5/],
    ] as const)
      assert.throws(() => assertModeChoice(choice), message);
    assertModeChoice({ mode: 'lora', lora: { rank: 2 }, layerDecay: 0.5 });
    assertMode(defaultSettings);
    assert.throws(() => assertMode({ ...defaultSettings, mode: 'half' as 'full' }), /expected mode to be one of full/);
  });

  it('leaves nothing of other modes in what a run is known by', () => {
    const keys = (mode: 'full' | 'lora' | 'last-blocks') =>
      Object.keys(usedSettings({ ...defaultSettings, mode })).filter((key) => /mode|lastBlocks|lora/.test(key));
    assert.deepEqual([keys('full'), keys('last-blocks'), keys('lora')], [[], ['mode', 'lastBlocks'], ['mode', 'lora']]);
  });

  it('is described by how much it trains', () => {
    const said = (changes: object) => describeTrained(tiny, { ...defaultSettings, ...changes });
    const all = parameterCount(tiny).toLocaleString('en');
    assert.equal(said({}), `trains ${all} of ${all} parameters (100 %): the whole model`);
    const lora = { rank: 2, alpha: 4, targets: ['out'] as const };
    assert.match(
      said({ mode: 'lora', lora }),
      /^trains 512 of [\d,]+ parameters \([\d.]+ %\): LoRA of rank 2, alpha 4 on out$/,
    ); // 4 kernels x 2 x (32 + 32)
    assert.match(said({ mode: 'lora', lora, freeze: ['visual.'] }), /^trains 256 of .*, without visual\.$/);
    assert.match(said({ mode: 'projections' }), /^trains 1,025 of /); // 2 x 32 x 16 + 1
    assert.match(said({ mode: 'lora', lora: { ...lora, rank: 32 } }), /LoRA of rank 32/);
    assert.throws(
      () => said({ mode: 'lora', lora: { ...lora, rank: 33 } }),
      /rank \(--lora-rank\) up to 32, the narrowest side of out in this model, but got 33/,
    );
  });

  it('and what is frozen besides are left out of training', () => {
    const settings = {
      ...defaultSettings,
      mode: 'last-blocks' as const,
      lastBlocks: 1,
      freeze: ['text.', 'visual.proj'],
    };
    const names = [...parameterShapes(tiny).keys()].filter(trainableIn(tiny, settings));
    assert.ok(
      names.every((name) => /^(visual\.(resblocks\.1|lnPost)\.|logitScale)/.test(name)),
      names.join(),
    );
    assert.equal(names.length, 12 + 2 + 1);
  });

  it('has a learning rate of its own, and is warned of what is far above that', () => {
    const large = tinyConfig({ vision: { ...tiny.vision!, width: 768 } as never });
    assert.deepEqual(
      [fineTuningRate(large), fineTuningRate(large, 'lora'), fineTuningRate(large, 'lock-image')],
      [1e-5, 2e-4, 1e-5],
    );
    assert.equal(learningRateAdvice(large, 1e-3, 'lora'), undefined);
    assert.match(learningRateAdvice(large, 1e-3) ?? '', /1e-5|0\.00001/);
    assert.match(learningRateAdvice(large, 1e-2, 'lora') ?? '', /0\.0002 or less is usual for this one in mode 'lora'/);
  });
});
