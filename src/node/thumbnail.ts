import { composite } from '../image/composite.ts';
import { resize } from '../image/resize.ts';
import { toRgb } from '../image/to-rgb.ts';
import { encodePng } from './images/encode-png.ts';
import { readImage } from './images/read-image.ts';
import type { Thumbnail } from './report.ts';

/** Pixels of a thumbnail's longer side. */
const side = 96;

/** A picture file, small and on white, for a report. */
export async function thumbnailOf(path: string, label: string, exifRotate = false): Promise<Thumbnail> {
  const picture = toRgb(composite(await readImage(path, { exifRotate }), [255, 255, 255]));
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  const png = encodePng(resize(picture, scaled(picture.width), scaled(picture.height), 'bicubic'));
  return { source: `data:image/png;base64,${png.toString('base64')}`, label };
}
