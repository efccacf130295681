import assert from 'node:assert/strict';
import type { ClipConfig, VitConfig } from '../../src/config.ts';
import { parameterShapes } from '../../src/parameters.ts';
import { isTrainedPart, layerDecay, type TrainedPart } from '../../src/train.ts';
import { assertClose } from '../assert-close.ts';
import { tinyConfig } from '../tiny.ts';

const vit = tinyConfig();
const deep: ClipConfig = { ...vit, vision: { ...vit.vision, layers: 4 } as VitConfig };
const resNet = tinyConfig({
  vision: { kind: 'modified-resnet', imageSize: 32, width: 4, layers: [1, 2, 1, 1], heads: 2 },
});

/** How the trained names begin, each once. */
function trained(config: ClipConfig, part: TrainedPart, lastBlocks?: number): string {
  const isTrained = isTrainedPart(config, part, lastBlocks);
  const names = [...parameterShapes(config).keys()].filter(isTrained);
  const beginning = /^[a-z]+\.(resblocks\.\d+|stages\.\d+|stem|attentionPool\.out|\w+)|^\w+/i;
  return [...new Set(names.map((name) => beginning.exec(name)![0]))].join(' ');
}

describe('isTrainedPart()', () => {
  it('locks a tower', () => {
    const names = [...parameterShapes(vit).keys()];
    for (const [part, locked] of [
      ['lock-image', 'visual.'],
      ['lock-text', 'text.'],
    ] as const)
      assert.deepEqual(
        names.filter((name) => !isTrainedPart(vit, part)(name)),
        names.filter((name) => name.startsWith(locked)),
      );
    assert.ok(names.every(isTrainedPart(vit, 'full')));
  });

  it('takes projections and temperature', () => {
    assert.equal(trained(vit, 'projections'), 'logitScale visual.proj text.proj');
    assert.equal(trained(resNet, 'projections'), 'logitScale visual.attentionPool.out text.proj');
  });

  it('takes the last blocks of both towers, and what comes after them', () => {
    assert.equal(
      trained(vit, 'last-blocks', 1),
      'logitScale visual.resblocks.1 visual.lnPost visual.proj text.resblocks.1 text.lnFinal text.proj',
    );
    assert.equal(
      trained(deep, 'last-blocks', 3),
      'logitScale visual.resblocks.1 visual.resblocks.2 visual.resblocks.3 visual.lnPost visual.proj text.resblocks.0 text.resblocks.1 text.lnFinal text.proj',
    );
    assert.equal(
      trained(resNet, 'last-blocks', 2),
      'logitScale visual.stages.2 visual.stages.3 visual.attentionPool visual.attentionPool.out text.resblocks.0 text.resblocks.1 text.lnFinal text.proj',
    );
  });

  it('refuses a number of blocks that leaves no block out', () => {
    for (const count of [0, 2, 1.5])
      assert.throws(() => isTrainedPart(vit, 'last-blocks', count), new RegExp(`from 1 to 1, but got ${count}`));
    assert.throws(() => isTrainedPart(deep, 'last-blocks', 4), /from 1 to 3, but got 4/);
  });
});

describe('layerDecay()', () => {
  it('falls from the last layers to the embeddings, in each tower by its own depth', () => {
    const rate = layerDecay(deep, 0.5);
    for (const [name, expected] of [
      ['logitScale', 1],
      ['visual.proj', 1],
      ['visual.lnPost.gain', 1],
      ['text.lnFinal.bias', 1],
      ['visual.resblocks.3.attn.qkv.kernel', 0.5],
      ['visual.resblocks.0.ln1.gain', 0.0625],
      ['visual.resblocks.0.attn.qkv.loraA', 0.0625],
      ['visual.lnPre.gain', 0.03125],
      ['visual.patchEmbedding', 0.03125],
      ['visual.classEmbedding', 0.03125],
      ['visual.positionalEmbedding', 0.03125],
      ['text.resblocks.1.mlp.fc.bias', 0.5],
      ['text.resblocks.0.mlp.fc.bias', 0.25],
      ['text.tokenEmbedding', 0.125],
      ['text.positionalEmbedding', 0.125],
    ] as const)
      assertClose(name, [rate(name)], [expected], 1e-12);
  });

  it('takes the stages of a ResNet for blocks', () => {
    const rate = layerDecay(resNet, 0.5);
    assert.deepEqual(
      [
        'visual.attentionPool.positionalEmbedding',
        'visual.stages.3.0.conv1.kernel',
        'visual.stages.0.0.conv1.kernel',
      ].map(rate),
      [1, 0.5, 0.0625],
    );
    assert.equal(rate('visual.stem.0.kernel'), 0.03125);
  });

  it('is none at 1, and refuses what is no decay', () => {
    for (const name of parameterShapes(vit).keys()) assert.equal(layerDecay(vit, 1)(name), 1);
    for (const decay of [0, 1.1, Number.NaN])
      assert.throws(() => layerDecay(vit, decay), /expected layerDecay above 0, at most 1/);
  });
});
