import type * as tf from '@tensorflow/tfjs';
import { embedPatches, patchify } from '../../../src/vision/patches.ts';
import { embedImage, projectClass, type VisionTransformer } from '../../../src/vision/vit.ts';
import { type Case, normal } from '../case.ts';
import { at, type Plain, plain, reshaped } from '../plain.ts';
import * as layers from '../plain-layers.ts';

const epsilon = 1e-5;
const width = 4;
const gainAndBias = [normal([width]), normal([width])];

/** Both ends of the Vision Transformer. */
export const vitCases: Case[] = [
  {
    name: 'patchify()',
    use: 'the patch embedding',
    inputs: [normal([2, 4, 6, 3])],
    run: (x: tf.Tensor4D) => patchify(x, 2),
    expected: (x) => layers.plainPatchify(x, 2),
  },
  {
    name: 'embedPatches()',
    use: 'the patch embedding as one product, with a gradient on every backend',
    inputs: [normal([1, 4, 4, 3]), normal([2, 2, 3, 5], 0.3)],
    run: (x: tf.Tensor4D, kernel: tf.Tensor4D) => embedPatches(kernel, x),
    expected: (x, kernel) => layers.plainLinear(layers.plainPatchify(x, 2), reshaped(kernel, [12, 5])),
  },
  {
    name: 'embedImage()',
    use: 'what enters the image tower: patches, class embedding, positions, layer norm',
    inputs: [normal([2, 4, 4, 3]), normal([2, 2, 3, width], 0.3), normal([width]), normal([5, width]), ...gainAndBias],
    run: (
      x: tf.Tensor4D,
      patchEmbedding: tf.Tensor4D,
      classEmbedding: tf.Tensor1D,
      positionalEmbedding: tf.Tensor2D,
      gain: tf.Tensor1D,
      bias: tf.Tensor1D,
    ) =>
      embedImage(
        { patchEmbedding, classEmbedding, positionalEmbedding, lnPre: { gain, bias, epsilon } } as VisionTransformer,
        x,
      ),
    expected: (...all) => {
      const [x, kernel, first, positions, gain, bias] = all as [Plain, Plain, Plain, Plain, Plain, Plain];
      const patches = layers.plainLinear(layers.plainPatchify(x, 2), reshaped(kernel, [12, width]));
      const classes = plain([2, 1, width], (_, __, i) => at(first, i));
      return layers.plainLayerNorm(layers.plainAdd(layers.plainConcat(classes, patches), positions), gain, bias);
    },
  },
  {
    name: 'projectClass()',
    use: 'the feature of a picture',
    inputs: [normal([2, 3, width]), ...gainAndBias, normal([width, 3])],
    run: (hidden: tf.Tensor3D, gain: tf.Tensor1D, bias: tf.Tensor1D, proj: tf.Tensor2D) =>
      projectClass({ lnPost: { gain, bias, epsilon }, proj } as VisionTransformer, hidden),
    expected: (...all) => {
      const [hidden, gain, bias, proj] = all as [Plain, Plain, Plain, Plain];
      const pooled = plain([2, width], (b, i) => at(hidden, b, 0, i));
      return layers.plainLinear(layers.plainLayerNorm(pooled, gain, bias), proj);
    },
  },
];
