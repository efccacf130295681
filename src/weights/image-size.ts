import { checkConfig } from '../check-config.ts';
import type { ClipConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { filters, type Window, windows } from '../image/resample.ts';

/**
 * The config of the same model for pictures of another size: its patches stay, its grid of positions changes.
 * @param imageSize side in pixels
 * @throws ModelError where the model has no image tower, and on a size that its patches do not fill
 */
export function withImageSize(config: ClipConfig, imageSize: number): ClipConfig {
  const { vision, preprocess } = config;
  if (!vision) throw new ModelError(`Cannot load model for pictures of ${imageSize} pixels: it has no image tower`);
  const resized = { ...config, vision: { ...vision, imageSize }, preprocess: { ...preprocess, size: imageSize } };
  checkConfig(resized);
  return resized;
}

/**
 * Positional embeddings of a square grid for a square grid of another size, as open_clip's `resize_pos_embed` makes them: the
 * first position (class or mean) stays, the others are resampled bicubically, antialiased where the grid shrinks.
 * @param values [1 + from · from, width]
 * @param from cells along a side
 * @param to the same of the new grid
 * @returns [1 + to · to, width]
 */
export function resizePositions(values: Float32Array, from: number, to: number): Float32Array {
  const width = values.length / (1 + from * from);
  const resized = new Float32Array((1 + to * to) * width);
  resized.set(values.subarray(0, width));
  const along = windows(from, to, filters.bicubic, 0, to);
  for (const [row, rows] of along.entries())
    for (const [column, columns] of along.entries()) {
      const at = (1 + row * to + column) * width;
      addWeighted(values.subarray(width), from, rows, columns, resized.subarray(at, at + width));
    }
  return resized;
}

/** Adds up the cells of a window of rows and one of columns. @param grid [from · from, width] @param sum [width] */
function addWeighted(grid: Float32Array, from: number, rows: Window, columns: Window, sum: Float32Array): void {
  for (const [i, rowWeight] of rows.weights.entries())
    for (const [j, columnWeight] of columns.weights.entries()) {
      const source = ((rows.start + i) * from + columns.start + j) * sum.length;
      const weight = rowWeight * columnWeight;
      for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + weight * (grid[source + k] as number);
    }
}
