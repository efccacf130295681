import * as tf from '@tensorflow/tfjs';
import { linear } from '../nn/linear.ts';

/**
 * Cuts pictures into square patches, row by row, each flattened as [row, column, channel].
 * @param pixels [batch, height, width, channels]; both sides are multiples of `patchSize`
 * @returns [batch, patches, patchSize · patchSize · channels]
 */
export function patchify(pixels: tf.Tensor4D, patchSize: number): tf.Tensor3D {
  const [batch, height, width, channels] = pixels.shape;
  const rows = height / patchSize;
  const columns = width / patchSize;
  const grid = tf.reshape(pixels, [batch, rows, patchSize, columns, patchSize * channels]);
  const patches = tf.transpose(grid, [0, 1, 3, 2, 4]); // [batch, rows, columns, patchSize, patchSize · channels]
  return tf.reshape(patches, [batch, rows * columns, patchSize * patchSize * channels]);
}

/**
 * The patch embedding: a convolution whose stride is its kernel size, computed as one matrix product over flattened
 * patches. It costs the same, and its gradient exists on every backend.
 * @param kernel [patchSize, patchSize, channels, width], as a convolution has it
 * @returns [batch, patches, width]
 */
export function embedPatches(kernel: tf.Tensor4D, pixels: tf.Tensor4D): tf.Tensor3D {
  const [patchSize, , channels, width] = kernel.shape;
  const flatKernel: tf.Tensor2D = tf.reshape(kernel, [patchSize * patchSize * channels, width]);
  return linear({ kernel: flatKernel }, patchify(pixels, patchSize));
}
