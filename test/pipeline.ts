import { join } from 'node:path';
import type { PreprocessConfig } from '../src/config.ts';
import { goldens, readGolden } from './golden.ts';

/** The golden pipeline's pictures, resized by Pillow, scaled and normalised for the network. */
export async function readPipelinePixels({ mean, std }: PreprocessConfig): Promise<Float32Array[]> {
  const { shape, values } = (await readGolden(join(goldens, 'pipeline', 'pixels.safetensors')))('pixels');
  const length = values.length / (shape[0] as number);
  const normalised = values.map((value, i) => (value / 255 - (mean[i % 3] as number)) / (std[i % 3] as number));
  return Array.from({ length: shape[0] as number }, (_, i) => normalised.slice(i * length, (i + 1) * length));
}
