import * as tf from '@tensorflow/tfjs';
import { type Case, type Input, normal, untraced } from '../case.ts';
import { at, type Plain, plain, reshaped, transposed } from '../plain.ts';

/** A case of one input. */
export function shape(
  name: string,
  use: string,
  input: Input,
  run: (x: tf.Tensor) => tf.Tensor,
  expected: (x: Plain) => Plain,
): Case {
  return { name, use, inputs: [input], run, expected };
}

function swap(name: string, use: string, extents: number[], order: number[]): Case {
  return shape(
    name,
    use,
    normal(extents),
    (x) => tf.transpose(x, order),
    (x) => transposed(x, order),
  );
}

const constant = (name: string, use: string, run: () => tf.Tensor, expected: () => Plain): Case => ({
  name,
  use,
  inputs: [],
  run,
  expected,
});

/** Other extents, axes and copies of the same numbers. */
export const shapeCases: Case[] = [
  shape(
    'reshape to two axes',
    'flattening before a linear layer',
    normal([2, 3, 4]),
    (x) => tf.reshape(x, [-1, 4]),
    (x) => reshaped(x, [6, 4]),
  ),
  shape(
    'reshape to four axes',
    'splitting into heads',
    normal([2, 3, 4]),
    (x) => tf.reshape(x, [2, 3, 2, 2]),
    (x) => reshaped(x, [2, 3, 2, 2]),
  ),
  shape(
    'expandDims',
    'a batch of one',
    normal([3, 4]),
    (x) => tf.expandDims(x, 0),
    (x) => reshaped(x, [1, 3, 4]),
  ),
  shape(
    'squeeze',
    'one query',
    normal([2, 1, 4]),
    (x) => tf.squeeze(x, [1]),
    (x) => reshaped(x, [2, 4]),
  ),
  swap('transpose of a matrix', "kernels of PyTorch's layout", [3, 5], [1, 0]),
  swap('transpose [0, 2, 1]', 'sequences to channels', [2, 3, 4], [0, 2, 1]),
  swap('transpose [1, 0, 2]', "OpenAI's sequence-first states", [2, 3, 4], [1, 0, 2]),
  swap('transpose [0, 2, 1, 3]', 'heads before positions', [2, 3, 4, 5], [0, 2, 1, 3]),
  swap('transpose [0, 2, 3, 1]', 'NCHW to NHWC', [2, 3, 4, 5], [0, 2, 3, 1]),
  swap('transpose [0, 3, 1, 2]', 'NHWC to NCHW', [2, 4, 5, 3], [0, 3, 1, 2]),
  swap('transpose [2, 3, 1, 0]', "convolution kernels of PyTorch's layout", [4, 3, 2, 2], [2, 3, 1, 0]),
  swap('transpose of five axes', 'patchify', [2, 2, 3, 2, 6], [0, 1, 3, 2, 4]),
  swap('transpose of six axes', 'patchify with channels apart', [1, 2, 2, 2, 2, 3], [0, 1, 3, 2, 4, 5]),
  swap('transpose of [40, 70]', 'a kernel of many rows', [40, 70], [1, 0]),
  shape(
    'pad of a matrix',
    'texts to one length',
    normal([2, 3]),
    (x) =>
      tf.pad(
        x as tf.Tensor2D,
        [
          [1, 0],
          [0, 2],
        ],
        0,
      ),
    (x) => plain([3, 5], (i, j) => (i > 0 && j < 3 ? at(x, i - 1, j) : 0)),
  ),
  shape(
    'pad of pictures',
    'the border of a 3x3 convolution',
    normal([1, 2, 3, 2]),
    (x) =>
      tf.pad(x as tf.Tensor4D, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    (x) => plain([1, 4, 5, 2], (b, i, j, c) => (i > 0 && i < 3 && j > 0 && j < 4 ? at(x, b, i - 1, j - 1, c) : 0)),
  ),
  shape(
    'mirrorPad',
    'augmentation, outside the gradient',
    untraced(normal([3, 3])),
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [0, 0],
        ],
        'reflect',
      ),
    (x) => plain([5, 3], (i, j) => at(x, [1, 0, 1, 2, 1][i] as number, j)),
  ),
  shape(
    'tile',
    'one class embedding per picture',
    normal([1, 1, 4]),
    (x) => tf.tile(x, [3, 1, 1]),
    (x) => plain([3, 1, 4], (_, __, j) => at(x, 0, 0, j)),
  ),
  shape(
    'broadcastTo',
    'one class embedding per picture',
    normal([1, 4]),
    (x) => tf.broadcastTo(x, [3, 4]),
    (x) => plain([3, 4], (_, j) => at(x, 0, j)),
  ),
  shape(
    'reverse',
    'flipped pictures',
    normal([2, 3, 2]),
    (x) => tf.reverse(x, 1),
    (x) => plain([2, 3, 2], (i, j, c) => at(x, i, 2 - j, c)),
  ),
  constant(
    'range int32',
    'row numbers of pooling',
    () => tf.range(0, 12, 4, 'int32'),
    () => plain([3], (i) => 4 * i, 'int32'),
  ),
  constant(
    'eye',
    'targets of the contrastive loss',
    () => tf.eye(3),
    () => plain([3, 3], (i, j) => Number(i === j)),
  ),
  constant(
    'zeros, ones and fill',
    'optimizer state',
    () => tf.add(tf.add(tf.zeros([2, 3]), tf.ones([2, 3])), tf.fill([2, 3], 0.5)),
    () => plain([2, 3], () => 1.5),
  ),
  constant(
    'linspace',
    'schedules',
    () => tf.linspace(0, 1, 5),
    () => plain([5], (i) => i / 4),
  ),
];
