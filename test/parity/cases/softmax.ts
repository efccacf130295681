import * as tf from '@tensorflow/tfjs';
import { type Case, given, normal, untraced } from '../case.ts';
import { at, both, eachRow, type Plain, perRow, plain, sum } from '../plain.ts';
import { plainMatMul, plainTranspose } from './matmul.ts';

const logSumExp = (row: Float64Array): number => {
  const highest = row.reduce((one, other) => Math.max(one, other));
  return highest + Math.log(row.reduce((total, value) => total + Math.exp(value - highest), 0));
};
const logSoftmax = (row: Float64Array): Float64Array => row.map((value) => value - logSumExp(row));
const softmax = (row: Float64Array): Float64Array => logSoftmax(row).map(Math.exp);

/** Rows that sum to 1. */
export function plainSoftmax(x: Plain): Plain {
  return eachRow(x, softmax);
}

const forbidden = (value: number) =>
  untraced(
    given(
      [4, 4],
      Array.from({ length: 16 }, (_, i) => (i % 4 > i / 4 ? value : 0)),
    ),
  );

/** Both directions of the contrastive loss (CLIP, Figure 3) over rows of any length. */
function infoNce(images: Plain, texts: Plain, scale: Plain): Plain {
  const logits = plainMatMul(images, plainTranspose(texts));
  const scaled = plain(logits.shape, (i, j) => at(scale) * at(logits, i, j));
  const loss = (x: Plain) => -sum(4, (i) => at(eachRow(x, logSoftmax), i, i)) / 4;
  return plain([], () => (loss(scaled) + loss(plainTranspose(scaled))) / 2);
}

export const softmaxCases: Case[] = [
  {
    name: 'softmax of a matrix',
    use: 'probabilities of labels',
    inputs: [normal([3, 7])],
    run: (x: tf.Tensor) => tf.softmax(x),
    expected: plainSoftmax,
  },
  {
    name: 'softmax of a vector',
    use: 'probabilities of one picture',
    inputs: [normal([7])],
    run: (x: tf.Tensor) => tf.softmax(x),
    expected: plainSoftmax,
  },
  {
    name: 'softmax of 4-D scores',
    use: 'attention',
    inputs: [normal([2, 2, 3, 5])],
    run: (x: tf.Tensor) => tf.softmax(x),
    expected: plainSoftmax,
  },
  {
    name: 'softmax of rows of 257',
    use: "attention over ViT-L/14's positions",
    inputs: [normal([3, 257], 2)],
    run: (x: tf.Tensor) => tf.softmax(x),
    expected: plainSoftmax,
    gradients: (dy, x) => {
      const y = plainSoftmax(x);
      const inner = perRow(
        both(dy, y, (one, other) => one * other),
        (row) => row.reduce((a, b) => a + b, 0),
      );
      return [plain(x.shape, (i, j) => at(y, i, j) * (at(dy, i, j) - at(inner, i)))];
    },
  },
  {
    name: 'softmax of logits up to 100',
    use: 'cosines times logit_scale: nothing overflows',
    inputs: [given([2, 3], [100, 99, -100, -50, -50.5, 0])],
    run: (x: tf.Tensor) => tf.softmax(x),
    expected: plainSoftmax,
  },
  {
    name: 'softmax under a finite causal mask',
    use: 'attention of the text tower: -1e9 where a query may not look',
    inputs: [normal([2, 4, 4]), forbidden(-1e9)],
    run: (x: tf.Tensor, mask: tf.Tensor) => tf.softmax(tf.add(x, mask)),
    expected: (x, mask) => plainSoftmax(both(x, mask, (one, other) => one + other)),
  },
  {
    name: 'softmax under a causal mask of -Infinity',
    use: "as OpenAI's code has it; right as long as no row is masked whole",
    inputs: [normal([2, 4, 4]), forbidden(Number.NEGATIVE_INFINITY)],
    run: (x: tf.Tensor, mask: tf.Tensor) => tf.softmax(tf.add(x, mask)),
    expected: (x, mask) => plainSoftmax(both(x, mask, (one, other) => one + other)),
  },
  {
    name: 'logSoftmax',
    use: 'losses',
    inputs: [normal([3, 7])],
    run: (x: tf.Tensor) => tf.logSoftmax(x),
    expected: (x) => eachRow(x, logSoftmax),
  },
  {
    name: 'logSumExp',
    use: 'losses',
    inputs: [normal([3, 7])],
    run: (x: tf.Tensor) => tf.logSumExp(x, 1),
    expected: (x) => perRow(x, logSumExp),
  },
  {
    name: 'losses.softmaxCrossEntropy',
    use: 'the contrastive loss, the linear probe',
    inputs: [untraced(given([3, 4], [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0])), normal([3, 4])],
    run: (labels: tf.Tensor, x: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, x),
    expected: (labels, x) => {
      const log = eachRow(x, logSoftmax);
      return plain([], () => -sum(12, (i) => (labels.values[i] as number) * (log.values[i] as number)) / 3);
    },
  },
  {
    name: 'the contrastive loss of operators',
    use: 'InfoNCE: scaled similarities, cross-entropy along both axes',
    inputs: [normal([4, 6], 0.4), normal([4, 6], 0.4), given([], [2.5])],
    run: (images: tf.Tensor2D, texts: tf.Tensor2D, scale: tf.Tensor) => {
      const logits = tf.mul(tf.matMul(images, texts, false, true), scale) as tf.Tensor2D; // [batch, batch]
      const loss = (x: tf.Tensor2D) => tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(x), tf.eye(4)), 1)));
      return tf.mul(tf.add(loss(logits), loss(tf.transpose(logits))), 0.5);
    },
    expected: infoNce,
  },
];
