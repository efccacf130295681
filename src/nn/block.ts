import * as tf from '@tensorflow/tfjs';
import { type Attention, attention } from './attention.ts';
import { canFuse, fusedBlock } from './fused-block.ts';
import { type LayerNorm, layerNorm } from './layer-norm.ts';
import { type Mlp, mlp } from './mlp.ts';

/** A residual attention block with the layer norms before its two halves (pre-norm, as in GPT-2). */
export type Block = { ln1: LayerNorm; attn: Attention; ln2: LayerNorm; mlp: Mlp };

/**
 * @param x [batch, seq, width]
 * @param mask [seq, seq], see `attention`
 * @returns [batch, seq, width]
 */
export function block(weights: Block, x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
  const attended: tf.Tensor3D = tf.add(x, attention(weights.attn, layerNorm(weights.ln1, x), mask));
  return tf.add(attended, mlp(weights.mlp, layerNorm(weights.ln2, attended)));
}

/**
 * The blocks one after another. Each runs in a tidy of its own, so that one block's intermediates are alive at a time; where
 * the engine has operators for it, as the faster twin.
 * @param x [batch, seq, width]
 * @returns [batch, seq, width]
 */
export function transformer(resblocks: readonly Block[], x: tf.Tensor3D, mask?: tf.Tensor2D): tf.Tensor3D {
  const run = canFuse() ? fusedBlock : block;
  let hidden = x;
  for (const weights of resblocks) {
    const before = hidden;
    hidden = tf.tidy(() => run(weights, before, mask)); // [batch, seq, width]
  }
  return hidden;
}
