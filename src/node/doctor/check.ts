import type * as tf from '@tensorflow/tfjs';

/** Random numbers to compute with: their shape and standard deviation. */
type Input = { shape: readonly number[]; std: number };

/** A computation as the backend does it and as plain JavaScript does it. */
export type Check = {
  name: string;
  inputs: readonly Input[];
  tensor: (inputs: tf.Tensor[]) => tf.Tensor;
  plain: (inputs: number[][]) => number[];
  /** What is compared. */
  compares: 'values' | 'gradients' | 'both';
};

/** As large as what goes through CLIP. */
export const signal: (...shape: number[]) => Input = (...shape) => ({ shape, std: 1 });

/** So small that what comes out is as large as what goes in. */
export const kernel: (...shape: number[]) => Input = (...shape) => ({
  shape,
  std: shape.slice(0, -1).reduce((size, extent) => size * extent, 1) ** -0.5,
});
