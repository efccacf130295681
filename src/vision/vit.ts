import * as tf from '@tensorflow/tfjs';
import { type Block, transformer } from '../nn/block.ts';
import { type LayerNorm, layerNorm } from '../nn/layer-norm.ts';
import { linear } from '../nn/linear.ts';
import { embedPatches } from './patches.ts';

export type VisionTransformer = {
  kind: 'vit';
  /** [patchSize, patchSize, 3, width] */
  patchEmbedding: tf.Tensor4D;
  /** [width]: the position whose last state becomes the picture's feature. */
  classEmbedding: tf.Tensor1D;
  /** [1 + patches, width]: the class position first, then the patches row by row. */
  positionalEmbedding: tf.Tensor2D;
  lnPre: LayerNorm;
  resblocks: readonly Block[];
  lnPost: LayerNorm;
  /** [width, embedDim] */
  proj: tf.Tensor2D;
};

/**
 * Vision Transformer (Dosovitskiy et al. 2020) as CLIP has it, section 2.4.
 * @param pixels [batch, imageSize, imageSize, 3], normalised
 * @returns [batch, embedDim], not of unit length
 */
export function visionTransformer(weights: VisionTransformer, pixels: tf.Tensor4D): tf.Tensor2D {
  const hidden = transformer(weights.resblocks, embedImage(weights, pixels)); // [batch, 1 + patches, width]
  return projectClass(weights, hidden);
}

/** What enters the first block. @returns [batch, 1 + patches, width] */
export function embedImage(weights: VisionTransformer, pixels: tf.Tensor4D): tf.Tensor3D {
  const { patchEmbedding, classEmbedding, positionalEmbedding, lnPre } = weights;
  const patches = embedPatches(patchEmbedding, pixels); // [batch, patches, width]
  const [batch, , width] = patches.shape;
  const classes: tf.Tensor3D = tf.tile(tf.reshape(classEmbedding, [1, 1, width]), [batch, 1, 1]); // [batch, 1, width]
  const sequence = tf.concat([classes, patches], 1); // [batch, 1 + patches, width]
  return layerNorm(lnPre, tf.add(sequence, positionalEmbedding));
}

/** From the last block's output to the feature. @param hidden [batch, 1 + patches, width] @returns [batch, embedDim] */
export function projectClass({ lnPost, proj }: VisionTransformer, hidden: tf.Tensor3D): tf.Tensor2D {
  const [batch, , width] = hidden.shape;
  const pooled: tf.Tensor2D = tf.reshape(tf.slice(hidden, [0, 0, 0], [batch, 1, width]), [batch, width]);
  return linear({ kernel: proj }, layerNorm(lnPost, pooled));
}
