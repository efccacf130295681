import { composite } from '../image/composite.ts';
import { resize } from '../image/resize.ts';
import { toRgb } from '../image/to-rgb.ts';
import { encodePng } from './images/encode-png.ts';
import { readImage } from './images/read-image.ts';
import type { Thumbnail } from './report.ts';

/**
 * A picture, small and on white, for a report.
 * @param source its path, or its bytes
 * @param side pixels of the longer side
 */
export async function thumbnailOf(
  source: string | Uint8Array,
  label: string,
  exifRotate = false,
  side = 96,
): Promise<Thumbnail> {
  const picture = toRgb(composite(await readImage(source, { exifRotate }), [255, 255, 255]));
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  const png = encodePng(resize(picture, scaled(picture.width), scaled(picture.height), 'bicubic'));
  return { source: `data:image/png;base64,${png.toString('base64')}`, label };
}
