import * as tf from '@tensorflow/tfjs';
import { type Case, given, untraced } from '../case.ts';
import { both, each, plain } from '../plain.ts';

const fractions = untraced(given([6], [-2.7, -1, -0.3, 0.4, 1.9, 49406.5]));

export const castCases: Case[] = [
  {
    name: 'cast float32 to int32 cuts towards zero',
    use: 'positions from floats',
    inputs: [fractions],
    run: (x: tf.Tensor) => tf.cast(x, 'int32'),
    expected: (x) => each(x, Math.trunc, 'int32'),
  },
  {
    name: 'cast int32 to float32',
    use: 'ids that take part in arithmetic, exact below 2^24',
    inputs: [given([4], [0, -5, 49407, 16777215], 'int32')],
    run: (x: tf.Tensor) => tf.cast(x, 'float32'),
    expected: (x) => ({ ...x, dtype: 'float32' }),
  },
  {
    name: 'cast bool to int32',
    use: "finding Hugging Face's end token",
    inputs: [given([4], [1, 0, 0, 1], 'bool')],
    run: (x: tf.Tensor) => tf.cast(x, 'int32'),
    expected: (x) => ({ ...x, dtype: 'int32' }),
  },
  {
    name: 'cast bool to float32',
    use: 'masks',
    inputs: [given([4], [1, 0, 0, 1], 'bool')],
    run: (x: tf.Tensor) => tf.cast(x, 'float32'),
    expected: (x) => ({ ...x, dtype: 'float32' }),
  },
  {
    name: 'add of int32',
    use: 'row numbers of pooling',
    inputs: [given([3], [0, 77, 154], 'int32'), given([3], [5, 76, 1], 'int32')],
    run: (x: tf.Tensor, y: tf.Tensor) => tf.add(x, y),
    expected: (x, y) => both(x, y, (one, other) => one + other),
  },
  {
    name: 'mul of int32 up to 2^24',
    use: 'row numbers of large batches',
    inputs: [given([2], [4095, 12345], 'int32'), given([2], [4097, 1001], 'int32')],
    run: (x: tf.Tensor, y: tf.Tensor) => tf.mul(x, y),
    expected: (x, y) => both(x, y, (one, other) => one * other),
  },
  {
    name: 'int32 times a fraction is float32',
    use: 'schedules',
    inputs: [given([2], [3, 5], 'int32')],
    run: (x: tf.Tensor) => tf.mul(tf.cast(x, 'float32'), 1.5),
    expected: (x) => each(x, (value) => 1.5 * value, 'float32'),
  },
  {
    name: 'equal of int32 and a number',
    use: "finding Hugging Face's end token",
    inputs: [given([2, 2], [49407, 49406, 2, 49407], 'int32')],
    run: (x: tf.Tensor) => tf.equal(x, 49407),
    expected: (x) => each(x, (value) => Number(value === 49407), 'bool'),
  },
  {
    name: 'concat of int32',
    use: 'batches of ids',
    inputs: [given([1, 3], [1, 2, 3], 'int32'), given([1, 3], [49406, 5, 49407], 'int32')],
    run: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.concat([x, y], 0),
    expected: (x, y) => plain([2, 3], (i, j) => [x, y][i]!.values[j]!, 'int32'),
  },
  {
    name: 'slice of int32',
    use: 'cropping ids behind the last end token',
    inputs: [given([2, 4], [49406, 5, 49407, 0, 49406, 49407, 0, 0], 'int32')],
    run: (x: tf.Tensor2D) => tf.slice(x, [0, 0], [2, 3]),
    expected: (x) => plain([2, 3], (i, j) => x.values[4 * i + j]!, 'int32'),
  },
];
