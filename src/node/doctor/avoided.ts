import * as tf from '@tensorflow/tfjs';
import { type Check, kernel, signal } from './check.ts';
import { plainLinear, plainPatches } from './plain-math.ts';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

const ids = [3, 0, 6, 3];

/**
 * What some backend of tfjs 4.22 gets wrong, so that clip-tfjs computes it in another form. A release that mends it shows
 * here.
 */
export const avoided: readonly Check[] = [
  {
    name: 'fused.matMul with a batch and a bias',
    inputs: [signal(2, 3, 4), kernel(2, 4, 5), signal(5)],
    tensor: ([a, b, bias]) => tf.fused.matMul({ a: a as T3, b: b as T3, bias: bias as T1 }),
    plain: ([a = [], b = [], bias = []]) =>
      [0, 1].flatMap((batch) =>
        plainLinear(a.slice(12 * batch, 12 * batch + 12), b.slice(20 * batch, 20 * batch + 20), bias),
      ),
    compares: 'values',
  },
  {
    name: 'gather with batchDims',
    inputs: [signal(2, 3, 4)],
    tensor: ([x]) => tf.gather(x as T3, tf.tensor2d([[2], [1]], undefined, 'int32'), 1, 1),
    plain: ([x = []]) => [...x.slice(8, 12), ...x.slice(16, 20)],
    compares: 'values',
  },
  {
    name: 'the gradient of gather',
    inputs: [signal(7, 4)],
    tensor: ([table]) => tf.gather(table as T2, tf.tensor1d(ids, 'int32')),
    plain: ([table = []]) => ids.flatMap((id) => table.slice(4 * id, 4 * id + 4)),
    compares: 'gradients',
  },
  {
    name: 'the gradient of conv2d',
    inputs: [signal(1, 4, 4, 3), kernel(2, 2, 3, 5)],
    tensor: ([pixels, weights]) => tf.conv2d(pixels as T4, weights as T4, 2, 'valid'),
    plain: ([pixels = [], weights = []]) => plainLinear(plainPatches(pixels, 4, 2), weights, [0, 0, 0, 0, 0]),
    compares: 'gradients',
  },
];
