import type { Image } from './image.ts';
import { toRgb } from './to-rgb.ts';

type Colour = readonly [red: number, green: number, blue: number];

/**
 * Puts a colour behind a picture with alpha, as Pillow's `alpha_composite` does: (alpha · picture + (255 - alpha) · colour) /
 * 255, rounded. A palette picture stays one; its colours are blended.
 */
export function composite(image: Image, background: Colour): Image {
  const { width, height, mode, data, palette } = image;
  if (mode === 'P' && palette) return { ...image, palette: blend(palette, background) };
  if (mode !== 'RGBA' && mode !== 'LA') return image;
  const rgba = mode === 'RGBA' ? data : withAlphaOf(image);
  return toRgb({ width, height, mode: 'RGBA', data: blend(rgba, background) });
}

/** Grey with alpha as red, green, blue, alpha. */
function withAlphaOf({ width, height, data }: Image): Uint8Array {
  return Uint8Array.from({ length: 4 * width * height }, (_, i) => data[2 * (i >> 2) + (i % 4 < 3 ? 0 : 1)] as number);
}

/** @returns as many colours, all opaque */
function blend(rgba: Image['data'], background: Colour): Uint8Array {
  const opaque = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] as number;
    for (let c = 0; c < 3; c++) {
      opaque[i + c] = Math.round((alpha * (rgba[i + c] as number) + (255 - alpha) * (background[c] as number)) / 255);
    }
    opaque[i + 3] = 255;
  }
  return opaque;
}
