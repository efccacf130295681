import * as tf from '@tensorflow/tfjs';
import { type Case, normal } from '../case.ts';
import { at, type Plain, plain } from '../plain.ts';

import { shape } from './shapes.ts';

/** Joining tensors and taking them apart. */
export const joiningCases: Case[] = [
  {
    name: 'concat along the middle axis',
    use: 'the class embedding before the patches',
    inputs: [normal([2, 1, 3]), normal([2, 4, 3])],
    run: (x: tf.Tensor3D, y: tf.Tensor3D) => tf.concat([x, y], 1),
    expected: (x, y) => plain([2, 5, 3], (b, i, j) => (i === 0 ? at(x, b, 0, j) : at(y, b, i - 1, j))),
  },
  {
    name: 'concat along the first axis',
    use: 'joining the rows of batches',
    inputs: [normal([2, 3]), normal([1, 3]), normal([3, 3])],
    run: (x: tf.Tensor2D, y: tf.Tensor2D, z: tf.Tensor2D) => tf.concat([x, y, z], 0),
    expected: (...parts) => ({
      ...(parts[0] as Plain),
      shape: [6, 3],
      values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
    }),
  },
  {
    name: 'concat along the last axis',
    use: 'queries, keys and values side by side',
    inputs: [normal([3, 2]), normal([3, 4])],
    run: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.concat([x, y], -1),
    expected: (x, y) => plain([3, 6], (i, j) => (j < 2 ? at(x, i, j) : at(y, i, j - 2))),
  },
  {
    name: 'stack',
    use: 'templates of a class',
    inputs: [normal([2, 3]), normal([2, 3])],
    run: (x: tf.Tensor, y: tf.Tensor) => tf.stack([x, y], 1),
    expected: (x, y) => plain([2, 2, 3], (i, which, j) => at(which === 0 ? x : y, i, j)),
  },
  shape(
    'unstack, the second part twice',
    'rows of a batch one by one',
    normal([3, 4]),
    (x) => {
      const [first, second] = tf.unstack(x) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return tf.add(first, tf.mul(second, 2));
    },
    (x) => plain([4], (i) => at(x, 0, i) + 2 * at(x, 1, i)),
  ),
  shape(
    'split into three',
    'queries, keys and values',
    normal([2, 6, 3]),
    (x) => {
      const [q, k, v] = tf.split(x, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return tf.add(tf.mul(q, k), v);
    },
    (x) => plain([2, 2, 3], (b, i, j) => at(x, b, i, j) * at(x, b, i + 2, j) + at(x, b, i + 4, j)),
  ),
  shape(
    'slice of the first position',
    'the class state',
    normal([2, 4, 3]),
    (x) => tf.slice(x, [0, 0, 0], [2, 1, 3]),
    (x) => plain([2, 1, 3], (b, _, j) => at(x, b, 0, j)),
  ),
  shape(
    'slice of the first rows',
    'positional embeddings of a cropped text',
    normal([7, 3]),
    (x) => tf.slice(x, [0, 0], [4, 3]),
    (x) => plain([4, 3], (i, j) => at(x, i, j)),
  ),
  shape(
    'slice from the middle of four axes',
    'crops',
    normal([2, 4, 4, 3]),
    (x) => tf.slice(x, [0, 1, 2, 0], [2, 2, 2, 3]),
    (x) => plain([2, 2, 2, 3], (b, i, j, c) => at(x, b, i + 1, j + 2, c)),
  ),
];
