import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type ClipConfig, openaiPreprocess, type VisionConfig } from '../../src/config.ts';
import { initClip, useBackend } from '../../src/node.ts';
import { planTraining, trainingMemory } from '../../src/train/memory.ts';
import { AdamW, contrastiveGradients, isTrainedPart, loraOf, loraTargets, ownParameters } from '../../src/train.ts';

const blocks = {
  width: 64,
  layers: 2,
  heads: 4,
  mlpWidth: 256,
  activation: 'quick_gelu',
  layerNormEpsilon: 1e-5,
} as const;
const vit = { kind: 'vit', imageSize: 32, patchSize: 8, ...blocks } as const;

function configOf(vision: VisionConfig = vit): ClipConfig {
  const text = {
    ...blocks,
    width: 32,
    heads: 2,
    mlpWidth: 128,
    contextLength: 8,
    vocabSize: 600,
    endToken: 'argmax',
  } as const;
  return { embedDim: 16, vision, text, preprocess: openaiPreprocess(vision.imageSize) };
}

const question = (config: ClipConfig, chunkSize: number, recompute: boolean) => ({
  config,
  chunkSize,
  recompute,
  batchSize: 8,
  trainable: () => true,
  hasAverage: false,
  backend: 'cpu',
});

/** The most bytes of tensors that a step has, counted by tfjs. */
type Choice = { trainable?: (name: string) => boolean; loraRank?: number };

function measure(config: ClipConfig, chunkSize: number, recompute: boolean, choice: Choice = {}): number {
  const { state } = tf.engine() as unknown as { state: { numBytes: number } };
  let [bytes, most] = [state.numBytes, 0];
  const before = bytes;
  Object.defineProperty(state, 'numBytes', {
    configurable: true,
    get: () => bytes,
    set: (value: number) => {
      bytes = value;
      most = Math.max(most, value);
    },
  });
  const clip = initClip(config, 1, () => assert.fail());
  const size = config.preprocess.size;
  const pixels = tf.zeros<tf.Rank.R4>([8, size, size, 3]);
  const ids = tf.tidy(() => tf.cast(tf.fill<tf.Rank.R2>([8, 8], 599), 'int32'));
  const adam = new AdamW();
  const { trainable, loraRank } = choice;
  const isLora = loraRank !== undefined;
  const lora = isLora ? loraOf(clip, { rank: loraRank, alpha: 8, targets: loraTargets }) : undefined;
  const { parameters, changes, project, replace, apply } = lora ?? ownParameters(clip, trainable);
  const options = { chunkSize, recompute, project, trainable: (name: string) => changes.includes(name) };
  for (let step = 0; step < 2; step++) {
    const { loss, gradients } = contrastiveGradients(clip, { pixels, ids }, options);
    adam.step(parameters, gradients, 1e-3, replace);
    apply();
    tf.dispose([loss, ...gradients.values()]);
  }
  tf.dispose([pixels, ids]);
  adam.dispose();
  lora?.dispose();
  clip.dispose();
  Object.defineProperty(state, 'numBytes', { configurable: true, enumerable: true, writable: true, value: bytes });
  return most - before;
}

describe('trainingMemory()', () => {
  const resNet: VisionConfig = { kind: 'modified-resnet', imageSize: 32, width: 4, layers: [1, 1, 1, 1], heads: 4 };
  const cases = {
    'on one tape': [configOf(), 8, false],
    'block by block': [configOf(), 8, true],
    'in chunks': [configOf(), 4, true],
    'with many heads': [configOf({ ...vit, heads: 16, patchSize: 4 }), 8, true],
    'with the exact GELU': [configOf({ ...vit, activation: 'gelu' }), 8, true],
    'of a ResNet, block by block': [configOf(resNet), 8, true],
    'of a ResNet on one tape': [configOf(resNet), 8, false],
  } as const;
  const backends = (config: ClipConfig) =>
    config.vision?.kind === 'vit' ? (['cpu', 'wasm'] as const) : (['cpu'] as const);
  for (const [name, [config, chunkSize, recompute, backend]] of Object.entries(cases).flatMap(
    ([name, [config, ...rest]]) => backends(config).map((backend) => [name, [config, ...rest, backend]] as const),
  ))
    it(`is enough ${name} on ${backend}, and no more than three times what a step takes`, async () => {
      await useBackend(backend); // wasm runs fused operators, and has no gradient of a convolution
      const { total } = trainingMemory({ ...question(config, chunkSize, recompute), backend });
      const most = measure(config, chunkSize, recompute);
      assert.ok(total >= most, `said ${total}, took ${most}`);
      assert.ok(total <= 3 * most, `said ${total}, took ${most}`);
    });

  const image = (vision: VisionConfig = vit) => {
    const config = configOf(vision);
    return { config, trainable: isTrainedPart(config, 'lock-image') };
  };
  const lora = {
    config: configOf(),
    loraRank: 4,
    trainable: (name: string) => /(qkv|out|fc|mlp\.proj)\.kernel$/.test(name),
  };
  const deep = { ...vit, layers: 6 };
  const parts: Record<string, { config: ClipConfig; loraRank?: number; trainable: (name: string) => boolean }> = {
    'a deep locked image tower': image(deep),
    'a locked image tower with many heads': image({ ...vit, heads: 16, patchSize: 4 }),
    'a locked ResNet': image(resNet),
    LoRA: lora,
    'LoRA in a deep tower': { ...lora, config: configOf(deep) },
    'the last block': { config: configOf(deep), trainable: isTrainedPart(configOf(deep), 'last-blocks', 1) },
  };
  /** cpu takes long: it has what differs there, tfjs's own operators. */
  const onCpu = (name: string, recompute: boolean) => name === 'LoRA' || (recompute && !/deep|many|last/.test(name));
  for (const [name, { config, ...choice }] of Object.entries(parts))
    for (const recompute of [true, false])
      for (const backend of backends(config).filter((each) => each === 'wasm' || onCpu(name, recompute)))
        it(`is enough for ${name} ${recompute ? 'block by block' : 'on one tape'} on ${backend}, and not far too much`, async () => {
          await useBackend(backend);
          const { total } = trainingMemory({ ...question(config, 8, recompute), ...choice, backend });
          const most = measure(config, 8, recompute, choice);
          assert.ok(total >= most, `said ${total}, took ${most}`);
          assert.ok(total <= 3 * most, `said ${total}, took ${most}`);
        });

  for (const [tower, prefix] of [
    ['picture', 'visual.'],
    ['text', 'text.'],
  ] as const)
    for (const recompute of [false, true])
      it(`is enough where the ${tower} tower is locked, recompute ${recompute}`, async () => {
        await useBackend('cpu');
        const trainable = (name: string) => !name.startsWith(prefix);
        const asked = question(configOf(), 8, recompute);
        const { total } = trainingMemory({ ...asked, trainable });
        const most = measure(configOf(), 8, recompute, { trainable });
        assert.ok(total >= most, `said ${total}, took ${most}`);
        assert.ok(total <= 3 * most, `said ${total}, took ${most}`);
        assert.ok(total < trainingMemory(asked).total);
      });

  it('counts for LoRA no gradient of what stands in no adapted block', () => {
    const work = (vocabSize: number) => {
      const config = configOf();
      const large = { ...config, text: { ...config.text!, vocabSize } };
      return trainingMemory({ ...question(large, 8, true), ...lora, config: large }).work;
    };
    assert.equal(work(600_000), work(600));
  });

  it('counts gradients, moments and average of what is trained only, and wasm keeps matrices twice', () => {
    const all = question(configOf(), 8, true);
    const { fixed } = trainingMemory(all);
    const frozen = trainingMemory({ ...all, trainable: (name) => name.startsWith('text.') }).fixed;
    const averaged = trainingMemory({ ...all, hasAverage: true }).fixed;
    assert.equal(averaged - fixed, fixed / 4);
    assert.ok(frozen < 0.6 * fixed);
    assert.ok(trainingMemory({ ...all, backend: 'wasm' }).fixed > fixed);
  });
});

describe('planTraining()', () => {
  const { chunkSize, recompute, ...rest } = question(configOf(), 8, true);
  const need = (chunk: number, again: boolean) => trainingMemory({ ...rest, chunkSize: chunk, recompute: again }).total;

  it('takes the fastest way that fits', () => {
    const planned = (bytes: number) => {
      const { chunkSize, recompute, fits } = planTraining(rest, bytes);
      return { chunkSize, recompute, fits };
    };
    assert.deepEqual(planned(need(8, false)), { chunkSize: 8, recompute: false, fits: true });
    assert.deepEqual(planned(need(8, false) - 1), { chunkSize: 8, recompute: true, fits: true });
    assert.deepEqual(planned(need(8, true) - 1), { chunkSize: 4, recompute: true, fits: true });
    assert.deepEqual(planned(need(2, true) - 1), { chunkSize: 1, recompute: true, fits: true });
    assert.deepEqual(planned(1), { chunkSize: 1, recompute: true, fits: false });
  });

  it('computes nothing on one tape where only what stands behind the blocks is trained', () => {
    const projections = { ...rest, trainable: isTrainedPart(configOf(), 'projections') };
    assert.deepEqual([planTraining(projections, 1e12).recompute, planTraining(projections, 1e12).chunkSize], [true, 8]);
  });

  it('keeps what was chosen', () => {
    assert.equal(planTraining({ ...rest, chunkSize: 5 }, 1e12).chunkSize, 5);
    assert.equal(planTraining({ ...rest, recompute: true }, 1e12).recompute, true);
    assert.equal(planTraining({ ...rest, chunkSize: 5 }, 1).fits, false);
  });
});
