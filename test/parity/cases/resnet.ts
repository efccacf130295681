import type * as tf from '@tensorflow/tfjs';
import { attentionPool } from '../../../src/vision/attention-pool.ts';
import { type ConvNorm, type ModifiedResNet, stage, stem } from '../../../src/vision/modified-resnet.ts';
import { type Case, type Input, normal, positive, untraced } from '../case.ts';
import { at, type Plain, plain, reshaped } from '../plain.ts';
import * as layers from '../plain-layers.ts';
import { noKernelGradient } from './convolution.ts';

const width = 4;

/** A convolution's kernel, then its norm's gain, bias and frozen statistics. */
const convNorm = (size: number, inputs: number, outputs: number): Input[] => [
  normal([size, size, inputs, outputs], 0.5),
  ...[normal([outputs]), normal([outputs]), untraced(normal([outputs])), untraced(positive([outputs]))],
];

function toConvNorm(tensors: readonly tf.Tensor[], index: number): ConvNorm {
  const [kernel, gain, bias, mean, variance] = tensors.slice(5 * index, 5 * index + 5) as [
    never,
    never,
    never,
    never,
    never,
  ];
  return { kernel, norm: { gain, bias, mean, variance } };
}

function applyConvNorm(x: Plain, all: readonly Plain[], index: number, stride = 1): Plain {
  const [kernel, ...norm] = all.slice(5 * index, 5 * index + 5) as [Plain, Plain, Plain, Plain, Plain];
  return layers.plainConvNorm(x, kernel, norm, stride);
}

/** A bottleneck that halves the resolution and doubles the channels. */
const bottleneckCase: Case = {
  name: 'stage() of one bottleneck with stride and downsample',
  use: 'ModifiedResNet',
  inputs: [
    normal([1, 4, 4, 2]),
    ...convNorm(1, 2, 1),
    ...convNorm(3, 1, 1),
    ...convNorm(1, 1, 4),
    ...convNorm(1, 2, 4),
  ],
  run: (x: tf.Tensor4D, ...tensors: tf.Tensor[]) => {
    const [conv1, conv2, conv3, downsample] = [0, 1, 2, 3].map((index) => toConvNorm(tensors, index)) as [
      ConvNorm,
      ConvNorm,
      ConvNorm,
      ConvNorm,
    ];
    return stage([{ conv1, conv2, conv3, downsample, stride: 2 }], x);
  },
  expected: (x, ...all) => {
    const narrow = layers.plainRelu(applyConvNorm(x as Plain, all, 0));
    const mixed = layers.plainRelu(applyConvNorm(narrow, all, 1));
    const wide = applyConvNorm(layers.plainHalve(mixed), all, 2);
    return layers.plainRelu(layers.plainAdd(wide, applyConvNorm(layers.plainHalve(x as Plain), all, 3)));
  },
  noGradient: { wasm: { ...noKernelGradient.wasm!, inputs: [1, 6, 11, 16] } },
};

const stemCase: Case = {
  name: 'stem()',
  use: 'ModifiedResNet: three convolutions, the first with stride 2',
  inputs: [normal([1, 4, 4, 3]), ...convNorm(3, 3, 1), ...convNorm(3, 1, 1), ...convNorm(3, 1, 2)],
  run: (x: tf.Tensor4D, ...tensors: tf.Tensor[]) => {
    const convs = [0, 1, 2].map((index) => toConvNorm(tensors, index)) as [ConvNorm, ConvNorm, ConvNorm];
    return stem({ stem: convs } as unknown as ModifiedResNet, x);
  },
  expected: (x, ...all) => {
    const first = layers.plainRelu(applyConvNorm(x as Plain, all, 0, 2));
    const second = layers.plainRelu(applyConvNorm(first, all, 1));
    return layers.plainHalve(layers.plainRelu(applyConvNorm(second, all, 2)));
  },
  noGradient: { wasm: { ...noKernelGradient.wasm!, inputs: [1, 6, 11] } },
};

const linearOf = (outputs: number): [Input, Input] => [normal([width, outputs], 0.5), normal([outputs])];

const attentionPoolCase: Case = {
  name: 'attentionPool()',
  use: 'the end of ModifiedResNet',
  inputs: [
    normal([2, 2, 2, width]),
    normal([5, width]),
    ...linearOf(width),
    ...linearOf(width),
    ...linearOf(width),
    ...linearOf(3),
  ],
  run: (features: tf.Tensor4D, positionalEmbedding: tf.Tensor2D, ...tensors: tf.Tensor[]) => {
    const project = (index: number) => ({
      kernel: tensors[2 * index] as tf.Tensor2D,
      bias: tensors[2 * index + 1] as tf.Tensor1D,
    });
    const weights = { positionalEmbedding, q: project(0), k: project(1), v: project(2), out: project(3), heads: 2 };
    return attentionPool(weights, features);
  },
  expected: (features, positions, ...all) => {
    const project = (x: Plain, index: number) => layers.plainLinear(x, all[2 * index] as Plain, all[2 * index + 1]);
    const cells = reshaped(features as Plain, [2, 4, width]);
    const mean = layers.plainMean(cells);
    const sequence = layers.plainAdd(layers.plainConcat(mean, cells), positions as Plain);
    const asking = plain([2, 1, width], (b, _, i) => at(sequence, b, 0, i));
    const looks = layers.plainLookUp(project(asking, 0), project(sequence, 1), 2);
    return project(reshaped(layers.plainMix(looks, project(sequence, 2)), [2, width]), 3);
  },
};

/** ModifiedResNet. */
export const resNetCases: Case[] = [stemCase, bottleneckCase, attentionPoolCase];
