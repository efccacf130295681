import * as tf from '@tensorflow/tfjs';
import { given, normal, untraced } from '../case.ts';
import { plainConv } from '../cases/convolution.ts';
import { both, plain } from '../plain.ts';
import { everywhere, type Trap } from './trap.ts';

const fiveHalves = [given([2], [5, 7], 'int32'), given([2], [2, 2], 'int32')];
const halfDone = (x: tf.Tensor, y: tf.Tensor) => [tf.cast(x, 'float32'), tf.cast(y, 'float32')] as const;
const row = given([4], [0, 1, 2, 3]);

/** Operators that do what they promise, which is not what PyTorch does or what the reader expects. */
export const meaningTraps: Trap[] = [
  {
    name: "`tf.conv2d` 'same' with stride 2",
    wrong: [{ on: everywhere, happens: 'pads (0, 1) where PyTorch pads (1, 1)', fault: /^value: differs/ }],
    rule: "`tf.pad` by (1, 1), then 'valid'",
    tempting: {
      name: "conv2d 'same' with stride 2",
      use: "ModifiedResNet's first convolution",
      inputs: [untraced(normal([1, 4, 4, 2])), untraced(normal([3, 3, 2, 2]))],
      run: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.conv2d(x, kernel, 2, 'same'),
      expected: (x, kernel) => plainConv(x, kernel, 2, 1),
    },
    ours: {
      name: "pad, then conv2d 'valid'",
      use: "ModifiedResNet's first convolution",
      inputs: [untraced(normal([1, 4, 4, 2])), untraced(normal([3, 3, 2, 2]))],
      run: (x: tf.Tensor4D, kernel: tf.Tensor4D) =>
        tf.conv2d(
          tf.pad(x, [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]),
          kernel,
          2,
          'valid',
        ),
      expected: (x, kernel) => plainConv(x, kernel, 2, 1),
    },
  },
  {
    name: '`tf.softmax` of a row of -Infinity',
    wrong: [
      { on: ['tensorflow', 'webgpu', 'wasm', 'cpu'], happens: 'NaN', fault: /^value: differs by NaN/ },
      { on: ['webgl'], happens: '1 everywhere', fault: /^value: differs by 0\.75 at 0: 1 for/ },
    ],
    rule: 'masks of -1e9 (`causalMask()`): a row that is masked whole becomes uniform',
    tempting: {
      name: 'softmax under a mask of -Infinity',
      use: 'masks',
      inputs: [untraced(row)],
      run: (x: tf.Tensor1D) => tf.softmax(tf.add(x, tf.fill([4], Number.NEGATIVE_INFINITY))),
      expected: () => plain([4], () => 0.25),
    },
    ours: {
      name: 'softmax under a finite mask',
      use: 'masks',
      inputs: [untraced(row)],
      run: (x: tf.Tensor1D) => tf.softmax(tf.add(x, tf.fill([4], -1e9))),
      expected: () => plain([4], () => 0.25),
    },
  },
  {
    name: '`tf.div` of int32 by int32',
    wrong: [{ on: everywhere, happens: 'cuts off the fraction', fault: /^value: expected float32/ }],
    rule: '`tf.cast` to float32 first',
    tempting: {
      name: 'div of int32',
      use: 'means of counts',
      inputs: fiveHalves,
      run: (x: tf.Tensor, y: tf.Tensor) => tf.div(x, y),
      expected: (x, y) => both(x, y, (one, other) => one / other, 'float32'),
    },
    ours: {
      name: 'div of casts',
      use: 'means of counts',
      inputs: fiveHalves,
      run: (x: tf.Tensor, y: tf.Tensor) => tf.div(...halfDone(x, y)),
      expected: (x, y) => both(x, y, (one, other) => one / other, 'float32'),
    },
  },
  {
    name: '`tf.mul` of int32 beyond 2^24',
    wrong: [{ on: ['webgpu', 'webgl'], happens: 'rounded, as float32 is', fault: /^value: differs by 1 at 0/ }],
    rule: 'row numbers stay below 2^24',
    tempting: {
      name: 'mul of int32 beyond 2^24',
      use: 'row numbers',
      inputs: [given([1], [4097], 'int32'), given([1], [4099], 'int32')],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.mul(x, y),
      expected: (x, y) => both(x, y, (one, other) => one * other),
    },
    ours: {
      name: 'mul of int32 below 2^24',
      use: 'row numbers',
      inputs: [given([1], [4095], 'int32'), given([1], [4097], 'int32')],
      run: (x: tf.Tensor, y: tf.Tensor) => tf.mul(x, y),
      expected: (x, y) => both(x, y, (one, other) => one * other),
    },
  },
  {
    name: 'writing to an array of which `tf.tensor` has been made',
    wrong: [{ on: ['tensorflow', 'webgpu', 'webgl', 'cpu'], happens: 'changes the tensor', fault: /^value: differs/ }],
    rule: 'a new array per tensor',
    tempting: {
      name: 'an array that is used again',
      use: 'batches',
      inputs: [],
      run: () => {
        const values = Float32Array.of(1, 2, 3);
        const tensor = tf.tensor1d(values);
        values.fill(0);
        return tf.mul(tensor, 2);
      },
      expected: () => plain([3], (i) => 2 * (i + 1)),
    },
    ours: {
      name: 'a copy of an array that is used again',
      use: 'batches',
      inputs: [],
      run: () => {
        const values = Float32Array.of(1, 2, 3);
        const tensor = tf.tensor1d(values.slice());
        values.fill(0);
        return tf.mul(tensor, 2);
      },
      expected: () => plain([3], (i) => 2 * (i + 1)),
    },
  },
];
