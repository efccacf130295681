import * as tf from '@tensorflow/tfjs';
import { type AttentionPool, attentionPool } from './attention-pool.ts';

/** Batch normalisation with the statistics of training; they stay frozen when fine-tuning. */
export type BatchNorm = { gain: tf.Tensor1D; bias: tf.Tensor1D; mean: tf.Tensor1D; variance: tf.Tensor1D };

/** A convolution without bias and the batch norm after it. `kernel` is [height, width, inputs, outputs]. */
export type ConvNorm = { kernel: tf.Tensor4D; norm: BatchNorm };

/** 1x1, 3x3, 1x1; `downsample` brings the shortcut to the new shape in the first bottleneck of a stage. */
export type Bottleneck = { conv1: ConvNorm; conv2: ConvNorm; conv3: ConvNorm; downsample?: ConvNorm; stride: 1 | 2 };

export type ModifiedResNet = {
  kind: 'modified-resnet';
  stem: readonly [ConvNorm, ConvNorm, ConvNorm];
  stages: readonly (readonly Bottleneck[])[];
  attentionPool: AttentionPool;
};

const batchNormEpsilon = 1e-5;

/**
 * ResNet with three changes (CLIP, section 2.4; ResNet-D of He et al. 2018): a stem of three convolutions, average
 * pooling in place of strides (Zhang 2019), attention in place of the last average.
 * @param pixels [batch, imageSize, imageSize, 3], normalised
 * @returns [batch, embedDim], not of unit length
 */
export function modifiedResNet(weights: ModifiedResNet, pixels: tf.Tensor4D): tf.Tensor2D {
  let features = tf.tidy(() => stem(weights, pixels)); // [batch, imageSize / 4, imageSize / 4, width]
  for (const bottlenecks of weights.stages) features = stage(bottlenecks, features);
  return attentionPool(weights.attentionPool, features); // from [batch, imageSize / 32, imageSize / 32, 32 · width]
}

/** @returns [batch, imageSize / 4, imageSize / 4, width] */
export function stem({ stem: [conv1, conv2, conv3] }: ModifiedResNet, pixels: tf.Tensor4D): tf.Tensor4D {
  let x = tf.relu(convNorm(conv1, pixels, 2)); // [batch, imageSize / 2, imageSize / 2, width / 2]
  x = tf.relu(convNorm(conv2, x)); // the same
  x = tf.relu(convNorm(conv3, x)); // [batch, imageSize / 2, imageSize / 2, width]
  return halve(x); // [batch, imageSize / 4, imageSize / 4, width]
}

/** One resolution's bottlenecks; the first may halve it. Each runs in a tidy of its own. */
export function stage(bottlenecks: readonly Bottleneck[], x: tf.Tensor4D): tf.Tensor4D {
  let features = x;
  for (const weights of bottlenecks) {
    const before = features;
    features = tf.tidy(() => bottleneck(weights, before));
  }
  return features;
}

/** @param x [batch, height, width, inputs] @returns [batch, height / stride, width / stride, outputs] */
function bottleneck({ conv1, conv2, conv3, downsample, stride }: Bottleneck, x: tf.Tensor4D): tf.Tensor4D {
  const shrink = stride === 2 ? halve : (same: tf.Tensor4D) => same;
  const narrow = tf.relu(convNorm(conv1, x)); // [batch, height, width, outputs / 4]
  const mixed = tf.relu(convNorm(conv2, narrow)); // the same
  const wide = convNorm(conv3, shrink(mixed)); // [batch, height / stride, width / stride, outputs]
  const shortcut = downsample ? convNorm(downsample, shrink(x)) : x; // the same
  return tf.relu(tf.add(wide, shortcut));
}

/** The mean of each 2x2 square: a stride without aliasing. */
function halve(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 2, 2, 'valid');
}

/** A 3x3 kernel sees one pixel of zeros around the picture; tf's own 'same' would pad a stride of 2 on one side only. */
function convNorm({ kernel, norm }: ConvNorm, x: tf.Tensor4D, stride: 1 | 2 = 1): tf.Tensor4D {
  const border = (kernel.shape[0] - 1) / 2; // 1 or 0
  const padded = border
    ? tf.pad(x, [
        [0, 0],
        [border, border],
        [border, border],
        [0, 0],
      ])
    : x;
  const convolved = tf.conv2d(padded, kernel, stride, 'valid'); // [batch, height / stride, width / stride, outputs]
  return tf.batchNorm(convolved, norm.mean, norm.variance, norm.bias, norm.gain, batchNormEpsilon) as tf.Tensor4D;
}
