import { PNG } from 'pngjs';
import type { Image } from '../../image/image.ts';

/** A picture of mode RGB as the bytes of a PNG file. */
export function encodePng({ width, height, data }: Image): Buffer {
  const png = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) png.data[4 * pixel + c] = data[3 * pixel + c] as number;
    png.data[4 * pixel + 3] = 255;
  }
  return PNG.sync.write(png);
}
