import * as tf from '@tensorflow/tfjs';
import { linear } from '../../../src/nn/linear.ts';
import { given, normal } from '../case.ts';
import { plainDoubleBilinear } from '../cases/convolution.ts';
import { at, both, perRow, plain, sum } from '../plain.ts';
import { plainLinear } from '../plain-layers.ts';
import { everywhere, type Trap } from './trap.ts';

const wrongShape = /^gradient: throws .*does not match the shape of the input/;

/** Operators whose values are right and whose gradients are not, mostly by the code that all backends share. */
export const wrongGradients: Trap[] = [
  {
    name: '`tf.matMul` of a sequence by one matrix, under a gradient',
    wrong: [{ on: everywhere, happens: 'throws: the gradient is not summed over the batch', fault: wrongShape }],
    rule: '`linear()`: flattens to two axes',
    tempting: {
      name: 'matMul 3-D by 2-D',
      use: 'linear layers',
      inputs: [normal([2, 3, 4]), normal([4, 2])],
      run: (x: tf.Tensor3D, kernel: tf.Tensor2D) => tf.matMul(x, kernel as tf.Tensor),
      expected: (x, kernel) => plainLinear(x, kernel),
    },
    ours: {
      name: 'linear()',
      use: 'linear layers',
      inputs: [normal([2, 3, 4]), normal([4, 2])],
      run: (x: tf.Tensor3D, kernel: tf.Tensor2D) => linear({ kernel }, x),
      expected: (x, kernel) => plainLinear(x, kernel),
    },
  },
  {
    name: '`tf.squaredDifference` of unequal shapes, under a gradient',
    wrong: [
      { on: everywhere, happens: 'throws: the gradient is not summed over the broadcast axes', fault: wrongShape },
    ],
    rule: '`tf.square(tf.sub(x, y))`',
    tempting: {
      name: 'squaredDifference with a row',
      use: 'layer norm',
      inputs: [normal([3, 4]), normal([4])],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.squaredDifference(x, y),
      expected: (x, y) => both(x, y, (one, other) => (one - other) ** 2),
    },
    ours: {
      name: 'square of sub',
      use: 'layer norm',
      inputs: [normal([3, 4]), normal([4])],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.square(tf.sub(x, y)),
      expected: (x, y) => both(x, y, (one, other) => (one - other) ** 2),
    },
  },
  {
    name: '`tf.maximum`, `tf.minimum` of unequal shapes, under a gradient',
    wrong: [
      { on: everywhere, happens: 'throws: the gradient is not summed over the broadcast axes', fault: wrongShape },
    ],
    rule: '`tf.relu(x - y) + y`; bounds that are numbers by `tf.clipByValue`',
    tempting: {
      name: 'maximum with a row',
      use: 'bounds',
      inputs: [normal([3, 4]), normal([4])],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.maximum(x, y),
      expected: (x, y) => both(x, y, Math.max),
    },
    ours: {
      name: 'maximum by relu',
      use: 'bounds',
      inputs: [normal([3, 4]), normal([4])],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.add(tf.relu(tf.sub(x, y)), y),
      expected: (x, y) => both(x, y, Math.max),
    },
  },
  {
    name: '`tf.norm` of zeros, under a gradient',
    wrong: [{ on: everywhere, happens: 'gradient NaN', fault: /^gradient: differs by NaN/ }],
    rule: '`tf.sqrt(tf.sum(tf.square(x)) + 1e-12)`',
    tempting: {
      name: 'norm of rows, one of them 0',
      use: 'unit vectors',
      inputs: [given([2, 3], [0, 0, 0, 1, 2, -2])],
      run: (x: tf.Tensor) => tf.norm(x, 2, 1),
      expected: (x) => perRow(x, (row) => Math.hypot(...row)),
    },
    ours: {
      name: 'sqrt of a sum of squares and an epsilon',
      use: 'unit vectors',
      inputs: [given([2, 3], [0, 0, 0, 1, 2, -2])],
      run: (x: tf.Tensor) => tf.sqrt(tf.add(tf.sum(tf.square(x), 1), 1e-12)),
      expected: (x) => perRow(x, (row) => Math.sqrt(sum(3, (i) => row[i]! ** 2) + 1e-12)),
    },
  },
  {
    name: '`tf.mirrorPad` under a gradient',
    wrong: [
      { on: everywhere, happens: 'wrong gradient, silently: mirrored cells do not count', fault: /^gradient: differs/ },
    ],
    rule: 'mirror outside the gradient, or join slices by `tf.concat`',
    tempting: {
      name: 'mirrorPad',
      use: 'augmentation',
      inputs: [normal([3, 3])],
      run: (x: tf.Tensor2D) =>
        tf.mirrorPad(
          x,
          [
            [1, 0],
            [0, 0],
          ],
          'reflect',
        ),
      expected: (x) => plain([4, 3], (i, j) => at(x, [1, 0, 1, 2][i]!, j)),
    },
    ours: {
      name: 'concat of slices',
      use: 'augmentation',
      inputs: [normal([3, 3])],
      run: (x: tf.Tensor2D) => tf.concat([tf.slice(x, [1, 0], [1, 3]), x], 0),
      expected: (x) => plain([4, 3], (i, j) => at(x, [1, 0, 1, 2][i]!, j)),
    },
  },
  {
    name: '`tf.image.resizeBilinear` of what is not square, under a gradient',
    wrong: [{ on: ['cpu'], happens: 'throws: height and width are mixed up', fault: wrongShape }],
    rule: 'resize plain arrays, outside the gradient (`src/image/`)',
    tempting: {
      name: 'resizeBilinear of 2 x 3',
      use: 'pictures',
      inputs: [normal([1, 2, 3, 2])],
      run: (x: tf.Tensor4D) => tf.image.resizeBilinear(x, [4, 6]),
      expected: plainDoubleBilinear,
    },
    ours: {
      name: 'resizeBilinear of 2 x 2',
      use: 'pictures',
      inputs: [normal([1, 2, 2, 2])],
      run: (x: tf.Tensor4D) => tf.image.resizeBilinear(x, [4, 4]),
      expected: plainDoubleBilinear,
    },
  },
  {
    name: "`tf.avgPool` 'same' under a gradient",
    wrong: [
      {
        on: ['webgpu', 'webgl', 'wasm', 'cpu'],
        happens: 'wrong gradient at the border, silently',
        fault: /^gradient: differs/,
      },
    ],
    rule: "'valid'",
    tempting: {
      name: "avgPool 3 'same'",
      use: 'nothing',
      inputs: [normal([1, 4, 4, 1])],
      run: (x: tf.Tensor4D) => tf.avgPool(x, 3, 1, 'same'),
      expected: (x) =>
        plain([1, 4, 4, 1], (b, i, j, c) => {
          const near = (k: number) => [k - 1, k, k + 1].filter((l) => l >= 0 && l < 4);
          const cells = near(i).flatMap((row) => near(j).map((column) => at(x, b, row, column, c)));
          return sum(cells.length, (k) => cells[k]!) / cells.length;
        }),
    },
    ours: {
      name: "avgPool 2 'valid'",
      use: 'anti-aliased strides',
      inputs: [normal([1, 4, 4, 1])],
      run: (x: tf.Tensor4D) => tf.avgPool(x, 2, 2, 'valid'),
      expected: (x) =>
        plain([1, 2, 2, 1], (b, i, j, c) => sum(4, (k) => at(x, b, 2 * i + (k >> 1), 2 * j + (k & 1), c)) / 4),
    },
  },
];
