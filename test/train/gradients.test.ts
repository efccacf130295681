import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { ClipConfig } from '../../src/config.ts';
import { type Clip, ModelError, useBackend } from '../../src/node.ts';
import { parameterShapes } from '../../src/parameters.ts';
import { normalNumbers } from '../../src/random.ts';
import { imageSegments, textSegments } from '../../src/train/segments.ts';
import { contrastiveGradients, type GradientOptions, infoNceLoss } from '../../src/train.ts';
import { initClip } from '../../src/weights/init.ts';
import { assertClose, largest } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { tinyConfig } from '../tiny.ts';

const resNet = tinyConfig({
  vision: { kind: 'modified-resnet', imageSize: 32, width: 4, layers: [1, 2, 1, 1], heads: 2 },
  preprocess: { ...tinyConfig().preprocess, size: 32 },
});

const noTokenizer = () => {
  throw new ModelError('no tokenizer here');
};

/** Random weights, none of them 0, so that each gradient shows. */
function randomClip(config: ClipConfig): Clip {
  const clip = initClip(config, 3, noTokenizer);
  const normal = normalNumbers(4);
  for (const [name, { shape, size }] of clip.parameters) {
    if (!/gain$|bias$/.test(name)) continue;
    clip.replace(
      name,
      tf.tensor(
        Float32Array.from({ length: size }, () => 0.5 + 0.3 * normal()),
        shape,
      ),
    );
  }
  return clip;
}

type Inputs = { pixels: tf.Tensor4D; ids: tf.Tensor2D };

function randomBatch({ preprocess: { size } }: ClipConfig, count: number): Inputs {
  const normal = normalNumbers(5);
  const ids = Array.from({ length: count }, (_, row) => [58, 1 + row, 7 + 2 * row, 59, 0]).flat();
  return {
    pixels: tf.tensor4d(Float32Array.from({ length: count * size * size * 3 }, normal), [count, size, size, 3]),
    ids: tf.tensor2d(Int32Array.from(ids), [count, 5], 'int32'),
  };
}

/** Figure 3 as it is written, differentiated by tfjs. */
function plainGradients(clip: Clip, { pixels, ids }: Inputs): Map<string, tf.Tensor> {
  const names = [...clip.parameters.keys()].filter((name) => !/norm\.(mean|variance)$/.test(name));
  const unit = (rows: tf.Tensor2D): tf.Tensor2D => tf.div(rows, tf.sqrt(tf.sum(tf.square(rows), 1, true)));
  const loss = () => {
    const logScale = clip.parameters.get('logitScale') as tf.Scalar;
    return infoNceLoss(unit(clip.encodeImage(pixels)), unit(clip.encodeText(ids)), tf.exp(logScale));
  };
  const grads = tf.tidy(() => tf.grads(loss)(names.map((name) => clip.parameters.get(name)!)));
  return new Map(names.map((name, index) => [name, grads[index] as tf.Tensor]));
}

describe('contrastiveGradients()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    const ways: [string, GradientOptions][] = [
      ['one tape', { recompute: false }],
      ['block by block', {}],
      ['in chunks', { chunkSize: 2, recompute: false }],
      ['in chunks, block by block', { chunkSize: 2 }],
    ];
    const models = { ViT: tinyConfig(), ...(backend !== 'wasm' && { ResNet: resNet }) };
    for (const [model, config] of Object.entries(models)) {
      for (const [way, options] of ways) {
        it(`equals plain gradients: ${model}, ${way}`, async () => {
          const before = tf.memory().numTensors;
          const clip = randomClip(config);
          const batch = randomBatch(config, 5);
          const expected = plainGradients(clip, batch);
          const own = tf.memory().numTensors;
          const { loss, gradients } = contrastiveGradients(clip, batch, options);
          assert.equal(tf.memory().numTensors, own + 1 + gradients.size);
          assert.deepEqual([...gradients.keys()].sort(), [...expected.keys()].sort());
          for (const [name, gradient] of gradients) {
            const values = await expected.get(name)!.data();
            const scale = largest(values);
            assert.ok(scale > 0, `${name} has a gradient`);
            const tolerance = Math.min(1e-5 * Math.max(1, scale), 2e-5 * scale + 1e-8); // some are no larger than 1e-5 all in all
            assertClose(name, await gradient.data(), values, tolerance);
          }
          clip.dispose();
          tf.dispose([loss, batch.pixels, batch.ids, ...gradients.values(), ...expected.values()]);
          assert.equal(tf.memory().numTensors, before);
        });
      }
    }

    it('gives the gradients that are asked for', () => {
      const clip = randomClip(tinyConfig());
      const batch = randomBatch(tinyConfig(), 3);
      for (const chunkSize of [3, 2]) {
        for (const trainable of [/^visual\.proj$/, /^text\.resblocks\.1\./, /^logitScale$/, /resblocks\.0/]) {
          const before = tf.memory().numTensors;
          const { loss, gradients } = contrastiveGradients(clip, batch, {
            chunkSize,
            trainable: (name) => trainable.test(name),
          });
          const names = [...clip.parameters.keys()].filter((name) => trainable.test(name));
          assert.deepEqual([...gradients.keys()].sort(), names.sort());
          tf.dispose([loss, ...gradients.values()]);
          assert.equal(tf.memory().numTensors, before);
        }
      }
      clip.dispose();
      tf.dispose([batch.pixels, batch.ids]);
    });

    for (const [given, tower] of [
      ['imageEmbeds', 'visual.'],
      ['textEmbeds', 'text.'],
    ] as const) {
      it(`takes ${given} in place of what a frozen tower would give`, async () => {
        const clip = randomClip(tinyConfig());
        const batch = randomBatch(tinyConfig(), 5);
        const features = tf.tidy(() => {
          const rows = given === 'imageEmbeds' ? clip.encodeImage(batch.pixels) : clip.encodeText(batch.ids);
          return tf.div<tf.Tensor2D>(rows, tf.norm(rows, 2, 1, true));
        });
        const short =
          given === 'imageEmbeds'
            ? { imageEmbeds: features, ids: batch.ids }
            : { pixels: batch.pixels, textEmbeds: features };
        const trainable = (name: string) => !name.startsWith(tower);
        const expected = contrastiveGradients(clip, batch, { trainable });
        for (const [, options] of ways) {
          const before = tf.memory().numTensors;
          const actual = contrastiveGradients(clip, short, { ...options, trainable });
          assert.deepEqual([...actual.gradients.keys()].sort(), [...expected.gradients.keys()].sort());
          for (const [name, gradient] of actual.gradients) {
            const values = await expected.gradients.get(name)!.data();
            assertClose(name, await gradient.data(), values, 1e-6 * Math.max(1, largest(values)));
          }
          tf.dispose([actual.loss, ...actual.gradients.values()]);
          assert.equal(tf.memory().numTensors, before);
        }
        assert.throws(
          () => contrastiveGradients(clip, short),
          new RegExp(`Cannot train '${tower}.*no gradient reaches`),
        );
        tf.dispose([features, expected.loss, ...expected.gradients.values(), batch.pixels, batch.ids]);
        clip.dispose();
      });
    }

    it('projects each gradient on what acts through the parameter', async () => {
      const clip = randomClip(tinyConfig());
      const batch = randomBatch(tinyConfig(), 4);
      const trainable = (name: string) => /^visual\.resblocks\.\d\.mlp\.fc\.kernel$/.test(name);
      const expected = contrastiveGradients(clip, batch, { trainable });
      for (const [, options] of ways) {
        const before = tf.memory().numTensors;
        const { loss, gradients } = contrastiveGradients(clip, batch, {
          ...options,
          trainable,
          project: (name, gradient) => [[`${name}.sum`, tf.sum(tf.mul(gradient, 2))]],
        });
        for (const [name, gradient] of expected.gradients) {
          const values = await gradient.data<'float32'>();
          const sum = values.reduce((total, value) => total + 2 * value, 0);
          assertClose(name, await gradients.get(`${name}.sum`)!.data(), [sum], 1e-4);
        }
        assert.equal(gradients.size, expected.gradients.size);
        tf.dispose([loss, ...gradients.values()]);
        assert.equal(tf.memory().numTensors, before);
      }
      tf.dispose([expected.loss, ...expected.gradients.values(), batch.pixels, batch.ids]);
      clip.dispose();
    });

    it('says what it cannot train', () => {
      const clip = randomClip(tinyConfig());
      const batch = randomBatch(tinyConfig(), 3);
      const run = (options: GradientOptions, changes: Partial<Inputs> = {}) =>
        contrastiveGradients(clip, { ...batch, ...changes }, options);
      assert.throws(() => run({ trainable: () => false }), /'trainable' allows none/);
      assert.throws(() => run({ chunkSize: 0 }), /expected chunkSize to be a positive integer but got 0/);
      const two = tf.slice(batch.ids, 0, 2);
      assert.throws(() => run({}, { ids: two }), /a text for each picture but got 3 pictures and 2 texts/);
      clip.dispose();
      assert.throws(() => run({}), /disposed/);
      tf.dispose([batch.pixels, batch.ids, two]);
    });
  });

  it('refuses the convolutions of a ResNet on wasm, and trains the rest', async () => {
    await useBackend('wasm');
    const clip = randomClip(resNet);
    const batch = randomBatch(resNet, 2);
    assert.throws(() => contrastiveGradients(clip, batch), /'wasm' has no gradient .*'tensorflow', 'webgpu', 'webgl'/);
    const trainable = (name: string) => !/(stem|stages).*kernel$/.test(name);
    const { loss, gradients } = contrastiveGradients(clip, batch, { trainable });
    assert.ok(gradients.has('visual.stem.0.norm.gain'));
    clip.dispose();
    tf.dispose([loss, batch.pixels, batch.ids, ...gradients.values()]);
  });

  it('knows a segment for each parameter', () => {
    for (const config of [tinyConfig(), resNet]) {
      const clip = initClip(config, 1, noTokenizer);
      const ids = tf.zeros<tf.Rank.R2>([1, 4], 'int32');
      const segments = [...imageSegments(clip.weights.visual!), ...textSegments(clip.weights.text!, ids)];
      for (const name of parameterShapes(config).keys()) {
        const uses = segments.filter(({ has }) => has(name)).length;
        assert.equal(uses, name === 'logitScale' ? 0 : 1, name);
      }
      clip.dispose();
      ids.dispose();
    }
  });
});
