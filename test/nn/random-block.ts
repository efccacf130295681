import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../../src/config.ts';
import type { Block } from '../../src/nn/block.ts';
import { takeBlock } from '../../src/parameters.ts';
import { normalNumbers } from '../../src/random.ts';

/** Widths that fill whole vectors, and some that leave a rest in every kernel. */
export const blockShapes = [
  { batch: 2, seq: 50, width: 128, heads: 2, mlpWidth: 512 },
  { batch: 3, seq: 77, width: 64, heads: 1, mlpWidth: 100 },
  { batch: 1, seq: 5, width: 12, heads: 4, mlpWidth: 7 },
  { batch: 2, seq: 1, width: 40, heads: 5, mlpWidth: 33 },
  { batch: 1, seq: 9, width: 80, heads: 1, mlpWidth: 17 },
] as const;

export function randomBlock(shape: (typeof blockShapes)[number], activation: Activation): Block {
  const normal = normalNumbers(1);
  return takeBlock({ ...shape, layers: 1, activation, layerNormEpsilon: 1e-5 }, randomTensor, 'block');
  function randomTensor<R extends tf.Rank>(_name: string, extents: tf.ShapeMap[R]): tf.Tensor<R> {
    return tf.tensor(randomNumbers(normal, extents), extents);
  }
}

/** Matrices are scaled by their inputs, so that what a layer gives is about as large as what it takes. */
export function randomNumbers(normal: () => number, extents: readonly number[]): Float32Array {
  const scale = extents.length === 2 ? (extents[0] as number) ** -0.5 : 1;
  return Float32Array.from({ length: extents.reduce((size, extent) => size * extent, 1) }, () => scale * normal());
}
