import * as tf from '@tensorflow/tfjs';
import { type Case, given, type Input, normal, positive, untraced } from '../case.ts';
import { both, each } from '../plain.ts';

const shape = [3, 5];

function unary(
  name: string,
  use: string,
  run: (x: tf.Tensor) => tf.Tensor,
  value: (x: number) => number,
  input: Input = normal(shape),
): Case {
  return { name, use, inputs: [input], run, expected: (x) => each(x, value) };
}

function binary(
  name: string,
  use: string,
  run: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor,
  value: (x: number, y: number) => number,
  inputs: [Input, Input] = [normal(shape), normal(shape)],
): Case {
  return { name, use, inputs, run, expected: (x, y) => both(x, y, value) };
}

function test(
  name: string,
  use: string,
  run: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor,
  value: (x: number, y: number) => boolean,
): Case {
  const inputs = [given([2, 3], [1, -2, 3, 0, 5, -6]), given([2, 3], [1, 2, -3, 0, 4, -6])].map(untraced);
  return { name, use, inputs, run, expected: (x, y) => both(x, y, (one, other) => Number(value(one, other)), 'bool') };
}

/** The error function by its Taylor series; exact to 1e-12 below 4. */
export function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const rowOf5 = normal([5]);

export const elementwiseCases: Case[] = [
  binary('add', 'residual connections', tf.add, (x, y) => x + y),
  binary('add of a row', 'biases, positional embeddings', tf.add, (x, y) => x + y, [normal(shape), rowOf5]),
  binary('add of a matrix to a stack', 'the causal mask on the scores', tf.add, (x, y) => x + y, [
    normal([2, 3, 4, 4]),
    normal([4, 4]),
  ]),
  unary(
    'add of a number',
    'epsilons',
    (x) => tf.add(x, 1e-5),
    (x) => x + Math.fround(1e-5),
  ),
  binary('sub', 'optimizer steps', tf.sub, (x, y) => x - y),
  {
    name: 'sub of a column',
    use: 'layer norm: minus the mean of each row',
    inputs: [normal(shape), normal([3, 1])],
    run: (x: tf.Tensor, y: tf.Tensor) => tf.sub(x, y),
    expected: (x, y) => ({ ...x, values: x.values.map((value, i) => value - (y.values[Math.floor(i / 5)] as number)) }),
  },
  binary('mul', 'gates', tf.mul, (x, y) => x * y),
  binary('mul by a row', 'gains', tf.mul, (x, y) => x * y, [normal(shape), rowOf5]),
  binary('mul by a scalar tensor', 'logit_scale', tf.mul, (x, y) => x * y, [normal(shape), normal([])]),
  unary(
    'mul by a number',
    '1 / sqrt(headDim)',
    (x) => tf.mul(x, 0.125),
    (x) => x * 0.125,
  ),
  binary('div', 'optimizer steps', tf.div, (x, y) => x / y, [normal(shape), positive(shape)]),
  binary('div by a row', 'means over a batch', tf.div, (x, y) => x / y, [normal(shape), positive([5])]),
  unary('neg', 'losses', tf.neg, (x) => -x),
  unary('abs', 'largest gradients', tf.abs, Math.abs),
  unary('square', 'variances, norms', tf.square, (x) => x * x),
  unary('sqrt', 'AdamW', tf.sqrt, Math.sqrt, positive(shape)),
  unary('rsqrt', 'layer norm, unit vectors', tf.rsqrt, (x) => 1 / Math.sqrt(x), positive(shape)),
  unary('reciprocal', 'AdamW', tf.reciprocal, (x) => 1 / x, positive(shape)),
  unary('exp', 'logit_scale', tf.exp, Math.exp),
  unary('expm1', 'nothing yet', tf.expm1, Math.expm1),
  unary('log', 'losses', tf.log, Math.log, positive(shape)),
  unary('log1p', 'nothing yet', tf.log1p, Math.log1p, positive(shape)),
  unary(
    'pow of a number',
    'bias correction',
    (x) => tf.pow(x, 3),
    (x) => x ** 3,
  ),
  binary('pow', 'schedules', tf.pow, (x, y) => x ** y, [positive(shape), positive(shape)]),
  unary('sigmoid', 'QuickGELU', tf.sigmoid, sigmoid),
  unary('tanh', "GELU's tanh form", tf.tanh, Math.tanh),
  unary('erf', 'exact GELU', tf.erf, erf),
  unary('relu', 'ModifiedResNet', tf.relu, (x) => Math.max(0, x)),
  unary(
    'clipByValue',
    'logit_scale at most ln 100; outside the gradient is 0',
    (x) => tf.clipByValue(x, -0.5, 0.5),
    (x) => Math.min(0.5, Math.max(-0.5, x)),
  ),
  binary('maximum of equal shapes', 'saliency', tf.maximum, Math.max),
  binary('minimum of equal shapes', 'clipping gradients', tf.minimum, Math.min),
  binary('squaredDifference of equal shapes', 'distances', tf.squaredDifference, (x, y) => (x - y) ** 2),
  test('greater', 'thresholds', tf.greater, (x, y) => x > y),
  test('greaterEqual', 'thresholds', tf.greaterEqual, (x, y) => x >= y),
  test('less', 'masks', tf.less, (x, y) => x < y),
  test('equal', 'finding the end token', tf.equal, (x, y) => x === y),
  test('notEqual', 'padding masks', tf.notEqual, (x, y) => x !== y),
  {
    name: 'where by a constant condition',
    use: 'masks',
    inputs: [given([2, 3], [1, 0, 1, 0, 0, 1], 'bool'), normal([2, 3]), normal([2, 3])],
    run: (condition: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => tf.where(condition, x, y),
    expected: (condition, x, y) => ({
      ...x,
      values: x.values.map((v, i) => (condition.values[i] ? v : (y.values[i] as number))),
    }),
  },
  {
    name: 'addN',
    use: 'accumulating gradients',
    inputs: [normal(shape), normal(shape), normal(shape)],
    run: (x: tf.Tensor, y: tf.Tensor, z: tf.Tensor) => tf.addN([x, y, z]),
    expected: (x, y, z) =>
      both(
        both(x, y, (one, other) => one + other),
        z,
        (one, other) => one + other,
      ),
  },
  {
    name: 'floor and round',
    use: 'nothing under a gradient',
    inputs: [untraced(given([6], [-1.6, -0.4, 0.4, 0.6, 1.2, 2.7]))],
    run: (x: tf.Tensor) => tf.add(tf.mul(tf.floor(x), 10), tf.round(x)),
    expected: (x) => each(x, (value) => 10 * Math.floor(value) + Math.round(value)),
  },
];
