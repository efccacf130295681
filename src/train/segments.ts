import type * as tf from '@tensorflow/tfjs';
import { type Block, transformer } from '../nn/block.ts';
import { blockBackward } from '../nn/block-backward.ts';
import { blockValues, canFuse } from '../nn/fused-block.ts';
import { causalMask } from '../text/causal-mask.ts';
import { embedTokens, projectEnd, type TextEncoder } from '../text/text-encoder.ts';
import { attentionPool } from '../vision/attention-pool.ts';
import { type ModifiedResNet, stage, stem } from '../vision/modified-resnet.ts';
import { embedImage, projectClass, type VisionTransformer } from '../vision/vit.ts';

/** Derivatives of the loss by a segment's state and by its parameters, by name. */
export type SegmentGradients = { dState?: tf.Tensor | undefined; gradients: Record<string, tf.Tensor> };

/** A piece of a tower, from one state to the next. */
export type Segment = {
  /** Whether a parameter is used here. Each parameter of a tower is used in one segment. */
  has: (name: string) => boolean;
  run: (state: tf.Tensor) => tf.Tensor;
  /** The way back by hand, where there is one: it computes less than a tape over `run`. @param dy by what `run` gives */
  back?: (state: tf.Tensor, dy: tf.Tensor) => SegmentGradients;
};

/** An image tower in pieces; the first takes pixels, the last gives features [batch, embedDim]. */
export function imageSegments(weights: VisionTransformer | ModifiedResNet): Segment[] {
  return weights.kind === 'vit' ? vitSegments(weights) : resNetSegments(weights);
}

function vitSegments(weights: VisionTransformer): Segment[] {
  return [
    segment(/^visual\.(patchEmbedding|classEmbedding|positionalEmbedding|lnPre\.)/, (pixels: tf.Tensor4D) =>
      embedImage(weights, pixels),
    ),
    ...weights.resblocks.map((block, layer) => blockSegment(`visual.resblocks.${layer}`, block)),
    segment(/^visual\.(lnPost\.|proj$)/, (hidden: tf.Tensor3D) => projectClass(weights, hidden)),
  ];
}

function resNetSegments(weights: ModifiedResNet): Segment[] {
  return [
    segment(/^visual\.stem\./, (pixels: tf.Tensor4D) => stem(weights, pixels)),
    ...weights.stages.flatMap((bottlenecks, s) =>
      bottlenecks.map((bottleneck, index) =>
        segment(new RegExp(`^visual\\.stages\\.${s}\\.${index}\\.`), (x: tf.Tensor4D) => stage([bottleneck], x)),
      ),
    ),
    segment(/^visual\.attentionPool\./, (x: tf.Tensor4D) => attentionPool(weights.attentionPool, x)),
  ];
}

/** The text tower in pieces; the first takes `ids`, the last gives features [batch, embedDim]. */
export function textSegments(weights: TextEncoder, ids: tf.Tensor2D): Segment[] {
  const mask = () => causalMask(ids.shape[1]);
  return [
    segment(/^text\.(tokenEmbedding|positionalEmbedding)$/, () => embedTokens(weights, ids)),
    ...weights.resblocks.map((block, layer) => blockSegment(`text.resblocks.${layer}`, block, mask)),
    segment(/^text\.(lnFinal\.|proj$)/, (hidden: tf.Tensor3D) => projectEnd(weights, hidden, ids)),
  ];
}

function segment<T extends tf.Tensor>(names: RegExp, run: (state: T) => tf.Tensor): Segment {
  return { has: (name) => names.test(name), run: run as Segment['run'] };
}

function blockSegment(path: string, weights: Block, mask?: () => tf.Tensor2D): Segment {
  const has = (name: string) => name.startsWith(`${path}.`);
  const run = (hidden: tf.Tensor) => transformer([weights], hidden as tf.Tensor3D, mask?.());
  if (!canFuse()) return { has, run };
  const back = (hidden: tf.Tensor, dy: tf.Tensor): SegmentGradients => {
    const values = blockValues(weights, hidden as tf.Tensor3D, mask?.());
    const { dx, ...own } = blockBackward(weights, values, dy as tf.Tensor3D, mask?.());
    return { dState: dx, gradients: Object.fromEntries(Object.entries(own).map(([key, d]) => [`${path}.${key}`, d])) };
  };
  return { has, run, back };
}

/** Segments as one: nothing of it is kept between the two passes but its input. */
export function merge(segments: readonly Segment[]): Segment {
  return {
    has: (name) => segments.some((segment) => segment.has(name)),
    run: (state) => segments.reduce((before, { run }) => run(before), state),
  };
}
