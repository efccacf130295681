import type { VitConfig } from '../src/config.ts';

/**
 * Floating-point operations of one picture through a Vision Transformer: two for each multiplication of its matrix
 * products. Norms, activations and softmax are left out, as is usual.
 */
export function imageFlops(vision: VitConfig, embedDim: number): number {
  const { imageSize, patchSize, width, layers, mlpWidth } = vision;
  const patches = (imageSize / patchSize) ** 2;
  const seq = 1 + patches;
  const patchEmbedding = patches * (3 * patchSize ** 2) * width;
  const projections = seq * width * (3 * width + width); // queries, keys and values; output
  const attention = 2 * seq * seq * width; // scores; mixed values
  const mlp = 2 * seq * width * mlpWidth;
  return 2 * (patchEmbedding + layers * (projections + attention + mlp) + width * embedDim);
}

/** The matrix products [m, k] x [k, n] that most of those operations are in, of a batch. */
export function matmulShapes(vision: VitConfig, batch: number): [m: number, k: number, n: number][] {
  const { imageSize, patchSize, width, mlpWidth } = vision;
  const rows = batch * (1 + (imageSize / patchSize) ** 2);
  return [
    [rows, width, 3 * width],
    [rows, width, mlpWidth],
    [rows, mlpWidth, width],
  ];
}
