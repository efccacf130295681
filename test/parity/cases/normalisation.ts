import * as tf from '@tensorflow/tfjs';
import { type Case, normal, positive } from '../case.ts';
import { both, eachRow, type Plain, perRow, plain, sum } from '../plain.ts';

const mean = (row: Float64Array): number => sum(row.length, (i) => row[i] as number) / row.length;

/** Each row minus its mean, over its standard deviation (biased). */
export function plainStandardise(x: Plain, epsilon: number): Plain {
  return eachRow(x, (row) => {
    const centre = mean(row);
    const deviation = Math.sqrt(mean(row.map((value) => (value - centre) ** 2)) + epsilon);
    return row.map((value) => (value - centre) / deviation);
  });
}

/** Frozen batch normalisation: statistics, bias and gain per channel. */
export function plainBatchNorm(
  x: Plain,
  average: Plain,
  variance: Plain,
  bias: Plain,
  gain: Plain,
  epsilon = 1e-5,
): Plain {
  const centred = both(x, average, (value, m) => value - m);
  const scaled = both(centred, variance, (value, v) => value / Math.sqrt(v + epsilon));
  return both(
    both(scaled, gain, (value, g) => value * g),
    bias,
    (value, b) => value + b,
  );
}

const standardise = (x: tf.Tensor, epsilon = 1e-5): tf.Tensor => {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)));
};

export const normalisationCases: Case[] = [
  {
    name: 'sub, square, mean, rsqrt over the last axis',
    use: 'layer norm of operators whose gradients are right everywhere',
    inputs: [normal([2, 3, 6])],
    run: (x: tf.Tensor) => standardise(x),
    expected: (x) => plainStandardise(x, 1e-5),
  },
  {
    name: 'the same over rows of 768',
    use: "layer norm at ViT-B's width",
    inputs: [normal([3, 768])],
    run: (x: tf.Tensor) => standardise(x),
    expected: (x) => plainStandardise(x, 1e-5),
    gradients: (dy, x) => {
      // (dy - mean(dy) - y * mean(dy * y)) / deviation, row by row
      const y = plainStandardise(x, 1e-5);
      const deviation = perRow(x, (row) => Math.sqrt(mean(row.map((value) => (value - mean(row)) ** 2)) + 1e-5));
      const plainMean = perRow(dy, mean);
      const weighted = perRow(
        both(dy, y, (one, other) => one * other),
        mean,
      );
      return [
        plain(x.shape, (i, j) => {
          const [slope, value] = [dy.values[i * 768 + j] as number, y.values[i * 768 + j] as number];
          return (
            (slope - (plainMean.values[i] as number) - value * (weighted.values[i] as number)) /
            (deviation.values[i] as number)
          );
        }),
      ];
    },
  },
  {
    name: 'the same over a row of equal numbers',
    use: 'layer norm of an empty state: epsilon keeps it finite',
    inputs: [{ draw: () => plain([2, 4], (i) => i), traced: true }],
    run: (x: tf.Tensor) => standardise(x, 0.1),
    expected: (x) => plainStandardise(x, 0.1),
  },
  {
    name: 'batchNorm of pictures',
    use: 'ModifiedResNet, with the statistics of training',
    inputs: [normal([2, 2, 3, 4]), normal([4]), positive([4]), normal([4]), normal([4])],
    run: (x: tf.Tensor4D, average: tf.Tensor1D, variance: tf.Tensor1D, bias: tf.Tensor1D, gain: tf.Tensor1D) =>
      tf.batchNorm(x, average, variance, bias, gain, 1e-5),
    expected: (x, average, variance, bias, gain) =>
      plainBatchNorm(x as Plain, average as Plain, variance as Plain, bias as Plain, gain as Plain),
  },
];
