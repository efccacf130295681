import * as tf from '@tensorflow/tfjs';
import { assertShape } from '../errors.ts';

/**
 * Which pairs of a batch mean the same, where that is not each picture and its own text alone: a number per pair, equal for
 * pairs of one concept; or a matrix [batch pictures, batch texts] of weights from 0 up, whose rows and columns are scaled
 * to sum to 1.
 */
export type Concepts = ArrayLike<number> | tf.Tensor2D;

/**
 * The symmetric contrastive loss (CLIP, Figure 3; InfoNCE, van den Oord et al. 2018): each picture must find its text among
 * the batch's texts, and each text its picture. The loss of guessing is ln(batch).
 * @param imageEmbeds [batch, embedDim], unit rows
 * @param textEmbeds [batch, embedDim], unit rows; row i belongs to picture i
 * @param logitScale what the cosines are multiplied by: e^(the log parameter)
 * @param concepts several right answers for a row share its probability; without them, row i's is column i
 * @returns scalar: the mean of the two cross-entropies
 * @throws TypeError where the shapes do not fit
 */
export function infoNceLoss(
  imageEmbeds: tf.Tensor2D,
  textEmbeds: tf.Tensor2D,
  logitScale: tf.Scalar,
  concepts?: Concepts,
): tf.Scalar {
  assertShape('Cannot compute the loss: expected textEmbeds', textEmbeds.shape, imageEmbeds.shape);
  const [batch] = imageEmbeds.shape;
  return tf.tidy(() => {
    const logits: tf.Tensor2D = tf.mul(tf.matMul(imageEmbeds, textEmbeds, false, true), logitScale); // [batch, batch]
    const targets = concepts ? targetMatrix(concepts, batch) : tf.eye(batch); // [batch, batch]
    const imageLoss = crossEntropy(logits, targets);
    const textLoss = crossEntropy(tf.transpose(logits), tf.transpose(targets));
    return tf.mul(tf.add(imageLoss, textLoss), 0.5);
  });
}

/** Mean over the rows; each row of the targets is scaled to sum to 1. @param logits [rows, answers] */
function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  const wanted = tf.div(targets, tf.sum(targets, 1, true)); // [rows, answers]
  return tf.neg(tf.mean(tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), 1)));
}

/** @returns [batch, batch]: from numbers, 1 where two pairs have the same */
function targetMatrix(concepts: Concepts, batch: number): tf.Tensor2D {
  if (concepts instanceof tf.Tensor) {
    assertShape('Cannot compute the loss: expected concepts', concepts.shape, [batch, batch]);
    return concepts as tf.Tensor2D;
  }
  const numbers = Array.from(concepts as ArrayLike<number>);
  assertShape('Cannot compute the loss: expected concepts', [numbers.length], [batch]);
  const same = numbers.flatMap((one) => numbers.map((other) => Number(one === other)));
  return tf.tensor2d(Float32Array.from(same), [batch, batch]);
}
