import * as tf from '@tensorflow/tfjs';
import { type Case, normal } from '../case.ts';
import { at, type Plain, plain, sum, transposed } from '../plain.ts';

/** The product of matrices, and of stacks of matrices along leading axes of the same extents. */
export function plainMatMul(a: Plain, b: Plain): Plain {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape.at(-1) as number;
  return plain([...a.shape.slice(0, -2), rows, columns], (...index) => {
    const [batch, row, column] = [index.slice(0, -2), index.at(-2) as number, index.at(-1) as number];
    return sum(inner, (k) => at(a, ...batch, row, k) * at(b, ...batch, k, column));
  });
}

/** The last two axes swapped. */
export function plainTranspose(x: Plain): Plain {
  const axes = x.shape.map((_, axis) => axis);
  return transposed(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

const [T, product] = [plainTranspose, plainMatMul];

/** For sizes whose central differences would take too long: of a · b. */
const productGradients = (dy: Plain, a: Plain, b: Plain): Plain[] => [product(dy, T(b)), product(T(a), dy)];

function multiply(name: string, use: string, a: number[], b: number[], transposeA = false, transposeB = false): Case {
  return {
    name,
    use,
    inputs: [normal(a), normal(b, 0.5)],
    run: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB),
    expected: (x, y) => product(transposeA ? T(x) : x, transposeB ? T(y) : y),
  };
}

function multiplyLarge(name: string, use: string, rows: number, inner: number, columns: number): Case {
  return {
    name,
    use,
    inputs: [normal([rows, inner]), normal([inner, columns], inner ** -0.5)],
    run: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.matMul(x, y),
    expected: product,
    gradients: productGradients,
  };
}

export const matMulCases: Case[] = [
  multiply('matMul [4, 5] x [5, 3]', 'every linear layer, flattened', [4, 5], [5, 3]),
  multiply('matMul [5, 7] x [7, 3], odd extents', 'every linear layer', [5, 7], [7, 3]),
  multiply('matMul [1, 8] x [8, 4], one row', 'the projection of one feature', [1, 8], [8, 4]),
  multiply('matMul [4, 8] x [8, 1], one column', 'the similarity to one text', [4, 8], [8, 1]),
  multiply('matMul with transposeB', 'similarities: images times texts transposed', [4, 5], [3, 5], false, true),
  multiply('matMul with transposeA', 'the gradient of a kernel', [5, 4], [5, 3], true),
  multiply('matMul with both transposed', 'the gradient of similarities', [5, 4], [3, 5], true, true),
  multiply('matMul of stacks [3, 4, 5] x [3, 5, 2]', 'attention over merged heads', [3, 4, 5], [3, 5, 2]),
  multiply('matMul of stacks with transposeB', 'attention over merged heads', [3, 4, 5], [3, 2, 5], false, true),
  multiply('matMul 4-D [2, 2, 3, 4] x [2, 2, 4, 3]', 'attention: weights times values', [2, 2, 3, 4], [2, 2, 4, 3]),
  multiply('matMul 4-D with transposeB', 'attention: queries times keys', [2, 2, 3, 4], [2, 2, 5, 4], false, true),
  multiply('matMul 4-D of one query', 'attention pooling', [2, 2, 1, 4], [2, 2, 5, 4], false, true),
  multiplyLarge('matMul [50, 96] x [96, 64]', 'a linear layer over 50 positions, extents divisible by 4', 50, 96, 64),
  multiplyLarge('matMul [77, 61] x [61, 33]', 'a linear layer over 77 positions, odd extents', 77, 61, 33),
  multiplyLarge('matMul [2, 768] x [768, 8]', 'the final projection: long sums, few results', 2, 768, 8),
  multiplyLarge('matMul [64, 64] x [64, 64]', 'similarities of a batch', 64, 64, 64),
  {
    name: 'matMul of large stacks, transposeB',
    use: 'queries times keys of 4 heads over 50 positions',
    inputs: [normal([4, 50, 16]), normal([4, 50, 16], 0.25)],
    run: (q: tf.Tensor3D, k: tf.Tensor3D) => tf.matMul(q, k, false, true),
    expected: (q, k) => product(q, T(k)),
    gradients: (dy, q, k) => [product(dy, k), product(T(dy), q)],
  },
  {
    name: 'fused.matMul with a bias, 2-D',
    use: 'allowed, not needed: a linear layer in one kernel',
    inputs: [normal([4, 5]), normal([5, 3]), normal([3])],
    run: (a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor1D) => tf.fused.matMul({ a, b, bias }),
    expected: (a, b, bias) => {
      const rows = product(a, b);
      return plain(rows.shape, (row, column) => at(rows, row, column) + at(bias, column));
    },
  },
];
