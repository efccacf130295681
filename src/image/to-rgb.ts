import { channelsOf, type Image } from './image.ts';

/**
 * Converts to three channels exactly as Pillow's `convert('RGB')`: alpha is dropped, not blended; 16-bit grey is not
 * scaled but cut at 255 (so nearly all of such a picture turns white); print colours go the simple way, without a profile.
 */
export function toRgb(image: Image): Image {
  const { width, height, mode, data, palette } = image;
  if (mode === 'RGB') return image;
  const rgb = new Uint8Array(width * height * 3);
  const channels = channelsOf[mode];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * channels;
    const to = pixel * 3;
    const first = data[from] as number;
    if (mode === 'RGBA') {
      rgb.set(data.subarray(from, from + 3), to);
    } else if (mode === 'CMYK') {
      const white = 255 - (data[from + 3] as number);
      for (let c = 0; c < 3; c++) rgb[to + c] = Math.max(0, white - mulDiv255(data[from + c] as number, white));
    } else if (mode === 'P') {
      for (let c = 0; c < 3; c++) rgb[to + c] = palette?.[4 * first + c] ?? 0;
    } else {
      rgb.fill(Math.min(first, 255), to, to + 3);
    }
  }
  return { width, height, mode: 'RGB', data: rgb };
}

/** a · b / 255, rounded, without dividing: Pillow's MULDIV255. */
export function mulDiv255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
