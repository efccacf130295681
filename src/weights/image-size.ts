import { checkConfig } from '../check-config.ts';
import type { ClipConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import { filters, windows } from '../image/resample.ts';

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
  for (const [row, rows] of along.entries()) {
    for (const [column, columns] of along.entries()) {
      const target = resized.subarray((1 + row * to + column) * width).subarray(0, width);
      for (const [i, rowWeight] of rows.weights.entries()) {
        for (const [j, columnWeight] of columns.weights.entries()) {
          const source = (1 + (rows.start + i) * from + columns.start + j) * width;
          const weight = rowWeight * columnWeight;
          for (let k = 0; k < width; k++) target[k] = (target[k] as number) + weight * (values[source + k] as number);
        }
      }
    }
  }
  return resized;
}
