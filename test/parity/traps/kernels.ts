import * as tf from '@tensorflow/tfjs';
import { linear } from '../../../src/nn/linear.ts';
import { uniformNumbers } from '../../../src/random.ts';
import { embedPatches } from '../../../src/vision/patches.ts';
import { unsortedSegmentSum } from '../../../src/wasm/segment-sum.ts';
import { type Case, given, normal, untraced } from '../case.ts';
import { plainConv } from '../cases/convolution.ts';
import { plainGather } from '../cases/gather.ts';
import { plainMatMul, plainTranspose } from '../cases/matmul.ts';
import { at, type Plain, plain, reshaped, sum } from '../plain.ts';
import { plainAdd, plainLinear } from '../plain-layers.ts';
import type { Trap } from './trap.ts';

const missing = (kernel: string) => new RegExp(`throws Kernel '${kernel}' not registered for backend 'wasm'`);

const product = { name: 'matMul, then add', use: 'linear layers' } satisfies Partial<Case>;

/** The four values under one of 2x2 pooling. */
const square = (x: Plain, b: number, i: number, j: number, c: number): number[] =>
  [0, 1, 2, 3].map((k) => at(x, b, 2 * i + (k >> 1), 2 * j + (k & 1), c));

/** Kernels that one backend lacks or has wrong. */
export const kernelTraps: Trap[] = [
  {
    name: '`tf.fused.matMul` with a bias, on a batch',
    wrong: [{ on: ['wasm'], happens: 'wrong values, silently', fault: /^value: differs/ }],
    rule: '`linear()`: flattens to two axes, `tf.matMul`, then `tf.add`',
    tempting: {
      name: 'fused.matMul with a bias on a batch',
      use: 'linear layers',
      inputs: [normal([2, 3, 4]), normal([2, 4, 3]), normal([3])],
      run: (a: tf.Tensor3D, b: tf.Tensor3D, bias: tf.Tensor1D) => tf.fused.matMul({ a, b, bias }),
      expected: (a, b, bias) => plainAdd(plainMatMul(a, b), bias),
    },
    ours: {
      name: 'linear() of a sequence',
      use: 'linear layers',
      inputs: [normal([2, 3, 4]), normal([4, 3]), normal([3])],
      run: (x: tf.Tensor3D, kernel: tf.Tensor2D, bias: tf.Tensor1D) => linear({ kernel, bias }, x),
      expected: plainLinear,
    },
  },
  {
    name: '`tf.fused.matMul` with a bias, transposed',
    wrong: [{ on: ['wasm'], happens: 'wrong values, silently', fault: /^value: differs/ }],
    rule: '`tf.matMul`, then `tf.add`; kernels are kept [inputs, outputs], so that nothing is transposed',
    tempting: {
      name: 'fused.matMul with a bias and transposeB',
      use: "linear layers with PyTorch's kernels",
      inputs: [normal([3, 4]), normal([5, 4]), normal([5])],
      run: (a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor1D) => tf.fused.matMul({ a, b, bias, transposeB: true }),
      expected: (a, b, bias) => plainAdd(plainMatMul(a, plainTranspose(b)), bias),
    },
    ours: {
      ...product,
      inputs: [normal([3, 4]), normal([5, 4]), normal([5])],
      run: (a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor1D) => tf.add(tf.matMul(a, b, false, true), bias),
      expected: (a, b, bias) => plainAdd(plainMatMul(a, plainTranspose(b)), bias),
    },
  },
  {
    name: '`tf.gather` with batchDims',
    wrong: [
      {
        on: ['wasm'],
        happens: 'reads foreign memory: wrong values, or "memory access out of bounds"',
        fault: /^value: (differs|throws memory access out of bounds)/,
      },
    ],
    rule: 'flatten to [batch · seq, width] and gather rows b · seq + position',
    tempting: {
      name: 'gather with batchDims 1',
      use: 'pooling at the end token',
      inputs: [untraced(normal([3, 4, 2])), given([3, 1], [3, 0, 2], 'int32')],
      run: (x: tf.Tensor3D, ids: tf.Tensor2D) => tf.gather(x, ids, 1, 1),
      expected: (x, ids) => plain([3, 1, 2], (b, k, i) => at(x, b, at(ids, b, k), i)),
    },
    ours: {
      name: 'gather of flat rows',
      use: 'pooling at the end token',
      inputs: [normal([3, 4, 2]), given([3], [3, 0, 2], 'int32')],
      run: (x: tf.Tensor3D, ids: tf.Tensor1D) =>
        tf.gather(tf.reshape(x, [12, 2]), tf.add(tf.range(0, 12, 4, 'int32'), ids) as tf.Tensor1D),
      expected: (x, ids) => plain([3, 2], (b, i) => at(x, b, at(ids, b), i)),
    },
  },
  {
    name: '`tf.gather` under a gradient',
    wrong: [{ on: ['wasm'], happens: 'no kernel UnsortedSegmentSum', fault: missing('UnsortedSegmentSum') }],
    rule: 'our own kernel, registered with the backend (`src/wasm/segment-sum.ts`)',
    bare: () => {
      const { kernelName, backendName, kernelFunc } = unsortedSegmentSum;
      if (tf.getKernel(kernelName, backendName)?.kernelFunc !== kernelFunc) return () => {};
      tf.unregisterKernel(kernelName, backendName);
      return () => tf.registerKernel(unsortedSegmentSum);
    },
    ...(() => {
      const gather: Case = {
        name: 'gather of rows',
        use: 'the token embedding',
        inputs: [normal([5, 3]), given([4], [4, 0, 4, 1], 'int32')],
        run: (x: tf.Tensor2D, ids: tf.Tensor1D) => tf.gather(x, ids),
        expected: plainGather,
      };
      return { tempting: gather, ours: gather };
    })(),
  },
  {
    name: '`tf.conv2d` under a gradient by its kernel',
    wrong: [{ on: ['wasm'], happens: 'no kernel Conv2DBackpropFilter', fault: missing('Conv2DBackpropFilter') }],
    rule: "`embedPatches()`: reshape, transpose, `tf.matMul`; a ModifiedResNet's convolutions cannot be trained on wasm",
    tempting: {
      name: 'conv2d whose stride is its kernel',
      use: 'the patch embedding',
      inputs: [normal([1, 4, 4, 3]), normal([2, 2, 3, 2])],
      run: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.conv2d(x, kernel, 2, 'valid'),
      expected: (x, kernel) => plainConv(x, kernel, 2),
    },
    ours: {
      name: 'embedPatches()',
      use: 'the patch embedding',
      inputs: [normal([1, 4, 4, 3]), normal([2, 2, 3, 2])],
      run: (x: tf.Tensor4D, kernel: tf.Tensor4D) => embedPatches(kernel, x),
      expected: (x, kernel) => reshaped(plainConv(x, kernel, 2), [1, 4, 2]),
    },
  },
  {
    name: '`tf.maxPool` under a gradient',
    wrong: [
      {
        on: ['wasm'],
        happens: 'wrong gradient, silently: it is added to memory that was not cleared',
        fault: /^gradient: differs/,
      },
    ],
    rule: "not in CLIP; `tf.avgPool` 'valid'",
    tempting: {
      name: 'maxPool',
      use: 'nothing',
      inputs: [normal([2, 8, 8, 3])],
      run: (x: tf.Tensor4D) => {
        tf.fill(x.shape, 7).dispose(); // what the freed memory holds is seen in the gradient
        return tf.maxPool(x, 2, 2, 'valid');
      },
      expected: (x) => plain([2, 4, 4, 3], (b, i, j, c) => Math.max(...square(x, b, i, j, c))),
    },
    ours: {
      name: 'avgPool',
      use: 'anti-aliased strides',
      inputs: [normal([2, 8, 8, 3])],
      run: (x: tf.Tensor4D) => {
        tf.fill(x.shape, 7).dispose();
        return tf.avgPool(x, 2, 2, 'valid');
      },
      expected: (x) => plain([2, 4, 4, 3], (b, i, j, c) => sum(4, (k) => (square(x, b, i, j, c)[k] as number) / 4)),
    },
  },
  {
    name: '`tf.conv2d` with padding as a number',
    wrong: [{ on: ['tensorflow'], happens: 'throws', fault: /^value: throws/ }],
    rule: "`tf.pad`, then 'valid'",
    tempting: {
      name: 'conv2d with pad 1',
      use: "ModifiedResNet's first convolution",
      inputs: [normal([1, 4, 4, 2]), untraced(normal([3, 3, 2, 2]))],
      run: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.conv2d(x, kernel, 2, 1, 'NHWC', 1, 'floor'),
      expected: (x, kernel) => plainConv(x, kernel, 2, 1),
    },
    ours: {
      name: "pad, then conv2d 'valid'",
      use: "ModifiedResNet's first convolution",
      inputs: [normal([1, 4, 4, 2]), untraced(normal([3, 3, 2, 2]))],
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
    name: '`tf.multinomial`',
    wrong: [{ on: ['webgpu'], happens: 'the first sample is always 0', fault: /^value: differs by 1 at 0: 0 for 1/ }],
    rule: '`uniformNumbers(seed)`: the same numbers on every backend',
    tempting: {
      name: 'multinomial where one outcome is nearly certain',
      use: 'sampling',
      inputs: [untraced(given([2], [-9, 0]))],
      run: (logits: tf.Tensor1D) => tf.multinomial(logits, 6, 3),
      expected: () => plain([6], () => 1, 'int32'),
    },
    ours: {
      name: 'uniformNumbers()',
      use: 'sampling',
      inputs: [],
      run: () => tf.tensor1d(Array.from({ length: 6 }, uniformNumbers(3))),
      expected: () => plain([6], uniformNumbers(3)),
    },
  },
];
