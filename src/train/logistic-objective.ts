import * as tf from '@tensorflow/tfjs';
import { product, productByKernel } from '../nn/product.ts';
import type { Line, Objective } from './lbfgs.ts';

/** What is fitted: features in rows, the index of each row's class, and how much large weights cost. */
export type LogisticData = {
  /** [rows, width + 1]: the last column is 1, for the biases. The caller owns it. */
  features: tf.Tensor2D;
  labels: readonly number[];
  classCount: number;
  /** Half of it is multiplied with the sum of the squared weights; biases are free. */
  penalty: number;
};

/**
 * Multinomial logistic regression: the mean cross-entropy and penalty / 2 · |weights|², over a point that is [width + 1, classes] in
 * rows, biases last.
 *
 * Scores are linear in the weights, so along a line they are the scores here and a multiple of the direction's. A step of L-BFGS takes
 * one product to know its line and one for the gradient at its end, however many steps are tried. The products are tfjs's, in float32;
 * scores, losses and sums are float64.
 */
export function logisticObjective({ features, labels, classCount, penalty }: LogisticData): Objective {
  const [rows, columns] = features.shape;
  const weightCount = (columns - 1) * classCount;
  let scores: Float64Array | Float32Array = new Float64Array(rows * classCount);

  const scoresOf = (kernel: Float64Array) =>
    values(tf.tidy(() => product(features, tf.tensor2d(Float32Array.from(kernel), [columns, classCount])))); // [rows, classes]

  async function gradientAt(point: Float64Array): Promise<Float64Array> {
    const errors = errorsOf(scores, labels, classCount);
    const slopes = await values(tf.tidy(() => productByKernel(features, tf.tensor2d(errors, [rows, classCount])))); // [width + 1, classes]
    const gradient = Float64Array.from(slopes);
    for (let i = 0; i < weightCount; i++) gradient[i] = (gradient[i] as number) + penalty * (point[i] as number);
    return gradient;
  }

  return {
    async begin(point) {
      scores = Float64Array.from(await scoresOf(point));
      const still = new Float32Array(scores.length);
      const { value } = lossAlong(scores, still, labels, classCount, 0);
      const squares = productOf(point, point, weightCount);
      return { value: value + (penalty / 2) * squares, gradient: await gradientAt(point) };
    },
    async along(point, direction): Promise<Line> {
      const moves = await scoresOf(direction);
      const [here, across, ahead] = [
        productOf(point, point, weightCount),
        productOf(point, direction, weightCount),
        productOf(direction, direction, weightCount),
      ];
      return {
        at(step) {
          const { value, slope } = lossAlong(scores, moves, labels, classCount, step);
          const squares = here + 2 * step * across + step ** 2 * ahead;
          return { value: value + (penalty / 2) * squares, slope: slope + penalty * (across + step * ahead) };
        },
        take(step) {
          for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) + step * (moves[i] as number);
          return gradientAt(point.map((entry, i) => entry + step * (direction[i] as number)));
        },
      };
    },
  };
}

/** The mean cross-entropy of scores + step · moves, and its slope by the step. */
function lossAlong(
  scores: ArrayLike<number>,
  moves: ArrayLike<number>,
  labels: readonly number[],
  classCount: number,
  step: number,
): { value: number; slope: number } {
  let [value, slope] = [0, 0];
  for (const [row, label] of labels.entries()) {
    const start = row * classCount;
    const scoreAt = (i: number) => (scores[i] as number) + step * (moves[i] as number);
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + classCount; i++) greatest = Math.max(greatest, scoreAt(i));
    let [sum, weighed] = [0, 0];
    for (let i = start; i < start + classCount; i++) {
      const share = Math.exp(scoreAt(i) - greatest);
      sum += share;
      weighed += share * (moves[i] as number);
    }
    value += Math.log(sum) + greatest - scoreAt(start + label);
    slope += weighed / sum - (moves[start + label] as number);
  }
  return { value: value / labels.length, slope: slope / labels.length };
}

/** The gradient of the mean cross-entropy by the scores: (probabilities - one-hot) / rows, [rows, classes]. */
function errorsOf(scores: ArrayLike<number>, labels: readonly number[], classCount: number): Float32Array {
  const errors = new Float32Array(labels.length * classCount);
  for (const [row, label] of labels.entries()) {
    const start = row * classCount;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + classCount; i++) greatest = Math.max(greatest, scores[i] as number);
    let sum = 0;
    for (let i = start; i < start + classCount; i++) sum += Math.exp((scores[i] as number) - greatest);
    for (let i = start; i < start + classCount; i++) {
      const share = Math.exp((scores[i] as number) - greatest) / sum;
      errors[i] = (share - Number(i === start + label)) / labels.length;
    }
  }
  return errors;
}

function productOf(one: Float64Array, other: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}

async function values(tensor: tf.Tensor): Promise<Float32Array> {
  const read = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return read;
}
