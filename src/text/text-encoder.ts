import * as tf from '@tensorflow/tfjs';
import { type Block, transformer } from '../nn/block.ts';
import { type LayerNorm, layerNorm } from '../nn/layer-norm.ts';
import { linear } from '../nn/linear.ts';
import { causalMask } from './causal-mask.ts';

export type TextEncoder = {
  /** [vocabSize, width] */
  tokenEmbedding: tf.Tensor2D;
  /** [contextLength, width] */
  positionalEmbedding: tf.Tensor2D;
  resblocks: readonly Block[];
  lnFinal: LayerNorm;
  /** [width, embedDim] */
  proj: tf.Tensor2D;
  /** Which position is the end of the text: see TextConfig. */
  endToken: 'argmax' | number;
};

/**
 * A causal Transformer; the state at the end token is the text's feature (CLIP, section 2.4). Because no position looks
 * ahead, whatever follows the end token changes nothing: ids may be cropped behind the last end token of the batch.
 * @param ids int32 [batch, seq], seq at most contextLength
 * @returns [batch, embedDim], not of unit length
 */
export function textEncoder(weights: TextEncoder, ids: tf.Tensor2D): tf.Tensor2D {
  const mask = causalMask(ids.shape[1]);
  const hidden = transformer(weights.resblocks, embedTokens(weights, ids), mask); // [batch, seq, width]
  return projectEnd(weights, hidden, ids);
}

/** What enters the first block. @returns [batch, seq, width] */
export function embedTokens({ tokenEmbedding, positionalEmbedding }: TextEncoder, ids: tf.Tensor2D): tf.Tensor3D {
  const [batch, seq] = ids.shape;
  const width = tokenEmbedding.shape[1];
  const tokens = tf.reshape(tf.gather(tokenEmbedding, tf.reshape(ids, [batch * seq])), [batch, seq, width]);
  return tf.add(tokens, tf.slice(positionalEmbedding, [0, 0], [seq, width]));
}

/** From the last block's output to the feature: the end position, layer-normed, projected. @returns [batch, embedDim] */
export function projectEnd(weights: TextEncoder, hidden: tf.Tensor3D, ids: tf.Tensor2D): tf.Tensor2D {
  const [batch, seq, width] = hidden.shape;
  const flat: tf.Tensor2D = tf.reshape(hidden, [batch * seq, width]);
  const rows: tf.Tensor1D = tf.add(tf.range(0, batch * seq, seq, 'int32'), endPositions(weights.endToken, ids));
  const pooled = tf.gather(flat, rows); // [batch, width]
  return linear({ kernel: weights.proj }, layerNorm(weights.lnFinal, pooled));
}

/** @returns int32 [batch]: the first position of the highest id, or of the given end token (0 where a row has none) */
function endPositions(endToken: 'argmax' | number, ids: tf.Tensor2D): tf.Tensor1D {
  return tf.argMax(endToken === 'argmax' ? ids : tf.cast(tf.equal(ids, endToken), 'int32'), 1);
}
