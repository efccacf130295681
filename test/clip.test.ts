import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { Clip } from '../src/clip.ts';
import { type ClipConfig, openaiPreprocess, type TextConfig, type VitConfig } from '../src/config.ts';
import { useBackend } from '../src/node.ts';
import { uniformNumbers } from '../src/random.ts';
import { initClip } from '../src/weights/init.ts';
import { assertClose } from './assert-close.ts';
import { onEachBackend } from './golden.ts';
import { tinyConfig } from './tiny.ts';

const noTokenizer = () => assert.fail('no tokenizer is needed here');

onEachBackend((backend) => {
  describe('Clip', () => {
    let clip: Clip;
    before(async () => {
      await useBackend(backend);
      clip = initClip(tinyConfig(), 5, noTokenizer);
    });
    after(() => clip.dispose());

    it('encodes cropped text as it encodes all positions', async () => {
      const lengths = [3, 5, 9];
      const uniform = uniformNumbers(3);
      for (const length of lengths) {
        const whole = Array.from({ length: 12 }, (_, position) =>
          position < length - 1 ? 1 + Math.floor(uniform() * 57) : position === length - 1 ? 59 : 0,
        );
        const encode = (ids: number[]) => tf.tidy(() => clip.encodeText(tf.tensor2d([ids], undefined, 'int32'))).data();
        assertClose(`${length} positions`, await encode(whole.slice(0, length)), await encode(whole), 1e-6);
      }
    });

    it('gives one row per picture and text, each as if it were alone', async () => {
      const pixels = tf.randomNormal<tf.Rank.R4>([3, 16, 16, 3], 0, 1, 'float32', 9);
      const together = clip.encodeImage(pixels);
      assert.deepEqual(together.shape, [3, 16]);
      const last = clip.encodeImage(tf.slice(pixels, [2, 0, 0, 0], [1, 16, 16, 3]));
      assertClose('the third picture', await last.data(), await tf.slice(together, [2, 0], [1, 16]).data(), 1e-5);
    });

    it('adds exactly one tensor per call, and none where it throws', () => {
      const pixels = tf.zeros<tf.Rank.R4>([2, 16, 16, 3]);
      const ids = tf.ones<tf.Rank.R2>([2, 12], 'int32');
      const before = tf.memory().numTensors;
      const encoded = [clip.encodeImage(pixels), clip.encodeText(ids)];
      assert.equal(tf.memory().numTensors, before + 2);
      tf.dispose(encoded);
      assert.throws(() => clip.encodeImage(ids as unknown as tf.Tensor4D));
      assert.throws(() => clip.encodeText(pixels as unknown as tf.Tensor2D));
      assert.ok(clip.logitScale > 14.28 && clip.logitScale < 14.29);
      assert.equal(tf.memory().numTensors, before);
    });

    it('reads logitScale anew when it is told that the parameter changed', async () => {
      using other = initClip(tinyConfig(), 5, noTokenizer);
      const initial = other.logitScale;
      assert.ok(Math.abs(initial - 1 / 0.07) < 1e-5);
      const parameters = new Map(other.parameters);
      const logarithm = tf.variable(parameters.get('logitScale') as tf.Tensor);
      parameters.set('logitScale', logarithm);
      const trained = new Clip(other.config, 'both', parameters, noTokenizer, Math.log(initial));
      logarithm.assign(tf.add(logarithm, Math.LN2)); // computed by the backend, so that it has to be read from there
      assert.ok(Math.abs(trained.logitScale - initial) < 1e-4);
      const before = tf.memory().numTensors;
      assert.ok(Math.abs((await trained.refreshLogitScale()) - 2 * initial) < 1e-4);
      assert.equal(tf.memory().numTensors, before);
      assert.equal(trained.logitScale, await trained.refreshLogitScale());
      logarithm.dispose();
    });

    it('names what is wrong with an input', () => {
      assert.throws(
        () => clip.encodeImage(tf.zeros([1, 3, 16, 16])),
        new TypeError(
          'Cannot encode image: expected pixels [batch, 16, 16, 3] but got [1, 3, 16, 16]; transpose to NHWC',
        ),
      );
      assert.throws(
        () => clip.encodeText(tf.zeros([1, 13], 'int32')),
        new TypeError('Cannot encode text: expected int32 ids [batch, 1 to 12] but got [1, 13]'),
      );
      assert.throws(() => clip.encodeText(tf.zeros([1, 12])), /got dtype float32; cast the ids to int32$/);
    });

    it('frees every tensor, once, and says so afterwards', () => {
      const before = tf.memory().numTensors;
      const other = initClip(tinyConfig(), 5, noTokenizer);
      assert.ok(tf.memory().numTensors > before);
      other.dispose();
      other.dispose();
      assert.equal(tf.memory().numTensors, before);
      assert.throws(() => other.encodeText(tf.ones([1, 12], 'int32')), /disposed; load it again/);
    });

    it('is freed at the end of a block by `using`', () => {
      const before = tf.memory().numTensors;
      {
        using other = initClip(tinyConfig(), 5, noTokenizer);
        assert.ok(other.logitScale > 14);
      }
      assert.equal(tf.memory().numTensors, before);
    });
  });
});

describe('initClip()', () => {
  it('draws the same weights from the same seed, and others from another', async () => {
    await useBackend('cpu');
    const first = (seed: number) => {
      using clip = initClip(tinyConfig(), seed, noTokenizer);
      return [...(clip.parameters.get('visual.patchEmbedding')?.dataSync().slice(0, 4) ?? [])];
    };
    assert.deepEqual(first(1), first(1));
    assert.notDeepEqual(first(1), first(2));
  });

  it('starts a ResNet with bottlenecks that are their shortcuts', () => {
    const vision = { kind: 'modified-resnet', imageSize: 32, width: 8, layers: [1, 1, 1, 1], heads: 4 } as const;
    using clip = initClip(tinyConfig({ vision, preprocess: openaiPreprocess(32) }), 1, noTokenizer);
    const gain = clip.parameters.get('visual.stages.0.0.conv3.norm.gain');
    assert.deepEqual([...new Set(gain?.dataSync())], [0]);
    assert.ok(
      clip
        .encodeImage(tf.ones([1, 32, 32, 3]))
        .dataSync()
        .every(Number.isFinite),
    );
  });
});

describe('checkConfig()', () => {
  const tiny = tinyConfig();
  const text = (changes: Partial<TextConfig>): ClipConfig => ({
    ...tiny,
    text: { ...(tiny.text as TextConfig), ...changes },
  });
  const vision = (changes: Partial<VitConfig>): ClipConfig => ({
    ...tiny,
    vision: { ...(tiny.vision as VitConfig), ...changes },
  });
  const bad: [config: ClipConfig, message: RegExp][] = [
    [text({ heads: 3 }), /text tower: width 32 is not divisible by heads 3$/],
    [vision({ heads: 100 }), /image tower: width 32 is not divisible by heads 100$/],
    [vision({ patchSize: 5 }), /imageSize 16 is not divisible by patchSize 5$/],
    [text({ endToken: 60 }), /the end token's id 60 is not among its 60 tokens$/],
    [text({ layerNormEpsilon: -1 }), /layerNormEpsilon -1 must be positive$/],
    [text({ activation: 'relu' as 'gelu' }), /activation 'relu' is not 'quick_gelu' or 'gelu'$/],
    [{ ...tiny, embedDim: 0 }, /embedDim 0 must be a positive integer$/],
    [{ ...tiny, preprocess: { ...tiny.preprocess, std: [0, 1, 1] } }, /std \[0, 1, 1\] must be positive$/],
    [{ ...tiny, preprocess: openaiPreprocess(32) }, /makes 32 pixels but the image tower takes 16$/],
  ];
  for (const [config, message] of bad) {
    it(`refuses ${message.source.replaceAll('\\', '')}`, () => {
      const before = tf.memory().numTensors;
      assert.throws(() => initClip(config, 1, noTokenizer), message);
      assert.equal(tf.memory().numTensors, before);
    });
  }
});
