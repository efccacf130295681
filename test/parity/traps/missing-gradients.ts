import * as tf from '@tensorflow/tfjs';
import { causalMask } from '../../../src/text/causal-mask.ts';
import { given, normal } from '../case.ts';
import { at, each, plain, sum } from '../plain.ts';
import { plainAdd, plainCausalMask } from '../plain-layers.ts';
import { everywhere, type Trap } from './trap.ts';

const noGradient = (kernel: string) => new RegExp(`^gradient: throws .*gradient function not found for ${kernel}`);

/** Operators without a gradient, on all backends. */
export const missingGradients: Trap[] = [
  {
    name: '`tf.where` by a comparison of what is differentiated',
    wrong: [{ on: everywhere, happens: 'throws: Greater has no gradient', fault: noGradient('Greater') }],
    rule: 'compute the condition outside the gradient, or use `tf.relu`',
    tempting: {
      name: 'where greater',
      use: 'leaky activations',
      inputs: [normal([3, 4])],
      run: (x: tf.Tensor) => tf.where(tf.greater(x, 0), x, tf.mul(x, 0.1)),
      expected: (x) => each(x, (value) => (value > 0 ? value : value * Math.fround(0.1))),
    },
    ours: {
      name: 'the same by relu',
      use: 'leaky activations',
      inputs: [normal([3, 4])],
      run: (x: tf.Tensor) => tf.add(tf.mul(x, 0.1), tf.mul(tf.relu(x), 0.9)),
      expected: (x) => each(x, (value) => (value > 0 ? value : value * 0.1)),
    },
  },
  {
    name: '`tf.linalg.bandPart` under a gradient',
    wrong: [{ on: everywhere, happens: 'throws: a comparison inside has no gradient', fault: /^gradient: throws/ }],
    rule: 'a constant mask, added (`causalMask()`)',
    tempting: {
      name: 'bandPart',
      use: 'causal attention',
      inputs: [normal([4, 4])],
      run: (x: tf.Tensor2D) => tf.linalg.bandPart(x, -1, 0),
      expected: (x) => plain([4, 4], (i, j) => (j <= i ? at(x, i, j) : 0)),
    },
    ours: {
      name: 'causalMask(), added',
      use: 'causal attention',
      inputs: [normal([4, 4])],
      run: (x: tf.Tensor2D) => tf.exp(tf.add(x, causalMask(4))),
      expected: (x) => each(plainAdd(x, plainCausalMask(4)), Math.exp),
    },
  },
  {
    name: '`tf.gatherND` under a gradient',
    wrong: [{ on: everywhere, happens: 'throws: no gradient', fault: noGradient('GatherNd') }],
    rule: '`tf.gather` of flat rows',
    tempting: {
      name: 'gatherND',
      use: 'pooling at the end token',
      inputs: [normal([2, 3, 4]), given([2, 2], [0, 2, 1, 0], 'int32')],
      run: (x: tf.Tensor, ids: tf.Tensor) => tf.gatherND(x, ids),
      expected: (x, ids) => plain([2, 4], (row, i) => at(x, at(ids, row, 0), at(ids, row, 1), i)),
    },
    ours: {
      name: 'gather of flat rows',
      use: 'pooling at the end token',
      inputs: [normal([2, 3, 4]), given([2], [2, 3], 'int32')],
      run: (x: tf.Tensor, rows: tf.Tensor1D) => tf.gather(tf.reshape(x, [6, 4]), rows),
      expected: (x, rows) => plain([2, 4], (row, i) => x.values[at(rows, row) * 4 + i]!),
    },
  },
  {
    name: '`tf.stridedSlice` under a gradient',
    wrong: [{ on: everywhere, happens: 'throws: no gradient', fault: noGradient('StridedSlice') }],
    rule: '`tf.slice`, or `tf.reshape` and `tf.slice`',
    tempting: {
      name: 'stridedSlice of every second column',
      use: 'choosing positions',
      inputs: [normal([3, 4])],
      run: (x: tf.Tensor) => tf.stridedSlice(x, [0, 0], [3, 4], [1, 2]),
      expected: (x) => plain([3, 2], (i, j) => at(x, i, 2 * j)),
    },
    ours: {
      name: 'reshape and slice',
      use: 'choosing positions',
      inputs: [normal([3, 4])],
      run: (x: tf.Tensor) => tf.squeeze(tf.slice(tf.reshape(x, [3, 2, 2]), [0, 0, 0], [3, 2, 1]), [2]),
      expected: (x) => plain([3, 2], (i, j) => at(x, i, 2 * j)),
    },
  },
  {
    name: '`tf.einsum`',
    wrong: [
      { on: ['wasm'], happens: 'no kernel Einsum', fault: /^value: throws Kernel 'Einsum' not registered/ },
      { on: ['tensorflow', 'webgpu', 'webgl', 'cpu'], happens: 'no gradient', fault: noGradient('Einsum') },
    ],
    rule: '`tf.reshape`, `tf.transpose`, `tf.matMul`',
    tempting: {
      name: 'einsum',
      use: 'attention',
      inputs: [normal([2, 3, 4]), normal([2, 5, 4])],
      run: (q: tf.Tensor, k: tf.Tensor) => tf.einsum('bqd,bkd->bqk', q, k),
      expected: (q, k) => plain([2, 3, 5], (b, i, j) => sum(4, (d) => at(q, b, i, d) * at(k, b, j, d))),
    },
    ours: {
      name: 'matMul with transposeB',
      use: 'attention',
      inputs: [normal([2, 3, 4]), normal([2, 5, 4])],
      run: (q: tf.Tensor, k: tf.Tensor) => tf.matMul(q, k, false, true),
      expected: (q, k) => plain([2, 3, 5], (b, i, j) => sum(4, (d) => at(q, b, i, d) * at(k, b, j, d))),
    },
  },
];
