import * as tf from '@tensorflow/tfjs';
import { type Case, given, type Input, normal, untraced } from '../case.ts';
import { at, each, eachRow, type Plain, perRow, plain, reshaped, sum, transposed } from '../plain.ts';

const total = (row: Float64Array): number => row.reduce((one, other) => one + other, 0);
const mean = (row: Float64Array): number => total(row) / row.length;
const highest = (row: Float64Array): number => row.reduce((one, other) => Math.max(one, other));
const first = (row: Float64Array): number => row.indexOf(highest(row));
const keep = (x: Plain): Plain => reshaped(x, [...x.shape, 1]);
const flat = (x: Plain): Plain => reshaped(x, [x.values.length]);

function rows(
  name: string,
  use: string,
  run: (x: tf.Tensor) => tf.Tensor,
  expected: (x: Plain) => Plain,
  input: Input = normal([3, 5]),
): Case {
  return { name, use, inputs: [input], run, expected };
}

/** Each row of dy spread over the row that was summed. */
const spread = (dy: Plain, x: Plain, scale = 1): Plain =>
  plain(x.shape, (row, _) => scale * (dy.values[row] as number));

export const reductionCases: Case[] = [
  rows(
    'sum of all',
    'losses',
    (x) => tf.sum(x),
    (x) => perRow(flat(x), total),
  ),
  rows(
    'sum along the last axis, kept',
    'norms of rows',
    (x) => tf.sum(x, -1, true),
    (x) => keep(perRow(x, total)),
  ),
  rows(
    'sum along the first axis',
    'the gradient of a bias',
    (x) => tf.sum(x, 0),
    (x) => perRow(transposed(x, [1, 0]), total),
  ),
  rows(
    'sum along two axes of four',
    'the gradient of a channel',
    (x) => tf.sum(x, [1, 2]),
    (x) => perRow(reshaped(transposed(x, [0, 3, 1, 2]), [2, 3, 4]), total),
    normal([2, 2, 2, 3]),
  ),
  {
    ...rows(
      'sum of rows of 1000',
      'long sums',
      (x) => tf.sum(x, 1),
      (x) => perRow(x, total),
      normal([3, 1000], 0.1),
    ),
    gradients: (dy, x) => [spread(dy, x)],
  },
  rows(
    'mean of all',
    'losses',
    (x) => tf.mean(x),
    (x) => perRow(flat(x), mean),
  ),
  rows(
    'mean along the last axis, kept',
    'layer norm',
    (x) => tf.mean(x, -1, true),
    (x) => keep(perRow(x, mean)),
  ),
  rows(
    'mean along the middle axis, kept',
    'attention pooling',
    (x) => tf.mean(x, 1, true),
    (x) => reshaped(perRow(transposed(x, [0, 2, 1]), mean), [2, 1, 3]),
    normal([2, 4, 3]),
  ),
  {
    ...rows(
      'mean of rows of 768',
      "layer norm at ViT-B's width",
      (x) => tf.mean(x, 1),
      (x) => perRow(x, mean),
      normal([3, 768]),
    ),
    gradients: (dy, x) => [spread(dy, x, 1 / 768)],
  },
  rows(
    'max along the last axis',
    'softmax',
    (x) => tf.max(x, -1),
    (x) => perRow(x, highest),
  ),
  rows(
    'max of all',
    'largest gradients',
    (x) => tf.max(x),
    (x) => perRow(flat(x), highest),
  ),
  rows(
    'min along the last axis',
    'ranges of maps',
    (x) => tf.min(x, -1),
    (x) => perRow(x, (row) => -highest(row.map((v) => -v))),
  ),
  rows(
    'argMax of int32 takes the first of equals',
    'finding the end token',
    (x) => tf.argMax(x, 1),
    (x) => perRow(x, first, 'int32'),
    given([3, 5], [1, 49407, 3, 49407, 0, 5, 5, 5, 5, 5, 0, 1, 2, 3, 49406], 'int32'),
  ),
  rows(
    'argMax of float32',
    'the best class',
    (x) => tf.argMax(x, 1),
    (x) => perRow(x, first, 'int32'),
    untraced(normal([4, 77])),
  ),
  rows(
    'argMax of a cast comparison',
    "finding Hugging Face's end token",
    (x) => tf.argMax(tf.cast(tf.equal(x, 2), 'int32'), 1),
    (x) => perRow(x, (row) => Math.max(0, row.indexOf(2)), 'int32'),
    given([3, 4], [0, 2, 1, 2, 5, 5, 5, 5, 9, 9, 9, 2], 'int32'),
  ),
  rows(
    'topk, values',
    'the best classes',
    (x) => tf.topk(x, 3).values,
    (x) =>
      plain([4, 3], (row, rank) => [...x.values.slice(9 * row, 9 * row + 9)].sort((a, b) => b - a)[rank] as number),
    untraced(normal([4, 9])),
  ),
  rows(
    'cumsum',
    'positions',
    (x) => tf.cumsum(x, 1),
    (x) => plain(x.shape, (row, column) => sum(column + 1, (i) => at(x, row, i))),
  ),
  rows(
    'moments, variance',
    'layer norm (biased, as PyTorch has it)',
    (x) => tf.moments(x, -1).variance,
    (x) => perRow(x, (row) => mean(row.map((value) => (value - mean(row)) ** 2))),
  ),
  rows(
    'norm 2 of rows',
    'unit vectors',
    (x) => tf.norm(x, 2, 1, true),
    (x) => keep(perRow(x, (row) => Math.hypot(...row))),
  ),
  rows(
    'unit rows: x * rsqrt(sum(x^2) + 1e-12)',
    'unit vectors, also under a gradient',
    (x) => tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), 1, true), 1e-12))),
    (x) =>
      eachRow(x, (row) =>
        row.map((value) => value / Math.sqrt(sum(row.length, (i) => (row[i] as number) ** 2) + 1e-12)),
      ),
  ),
  rows(
    'all',
    'checks',
    (x) => tf.all(x, 1),
    (x) => perRow(x, (row) => Number(row.every(Boolean))),
    given([2, 2], [1, 0, 1, 1], 'bool'),
  ),
  rows(
    'any',
    'checks',
    (x) => tf.any(x, 1),
    (x) => perRow(x, (row) => Number(row.some(Boolean))),
    given([2, 2], [1, 0, 0, 0], 'bool'),
  ),
  rows(
    'isFinite, all',
    'whether a step went wrong',
    (x) => tf.all(tf.isFinite(x), 1),
    (x) =>
      perRow(
        each(x, (value) => Number(Number.isFinite(value))),
        (row) => Number(row.every(Boolean)),
        'bool',
      ),
    untraced(given([3, 2], [1, 2, Number.NaN, 1, Number.POSITIVE_INFINITY, 0])),
  ),
];
