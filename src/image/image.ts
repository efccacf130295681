/**
 * A decoded picture. The mode is kept as Pillow names it, because OpenAI's preprocessing resizes before it converts to
 * RGB, and the result depends on what is resized.
 */
export type Image = {
  width: number;
  height: number;
  mode: ImageMode;
  /** Row by row, channels interleaved; 0 to 255, in mode `I;16` 0 to 65535, in mode `1` 0 or 255, in mode `P` an index. */
  data: Pixels;
  /** Of mode `P`: red, green, blue, alpha per index. */
  palette?: Uint8Array;
};

export type Pixels = Uint8Array | Uint8ClampedArray | Uint16Array;

/** Bilevel, grey, grey with alpha, 16-bit grey, palette, colour, colour with alpha, print colours. */
export type ImageMode = '1' | 'L' | 'LA' | 'I;16' | 'P' | 'RGB' | 'RGBA' | 'CMYK';

/** Values per pixel. */
export const channelsOf: Readonly<Record<ImageMode, number>> = {
  '1': 1,
  L: 1,
  LA: 2,
  'I;16': 1,
  P: 1,
  RGB: 3,
  RGBA: 4,
  CMYK: 4,
};

/** @throws TypeError on an image whose data do not fit its size and mode */
export function assertImage(image: Image): void {
  const { width, height, mode, data, palette } = image;
  if (!Object.hasOwn(channelsOf, mode)) {
    throw new TypeError(
      `Cannot use image: expected mode ${Object.keys(channelsOf).join(', ')} but got ${String(mode)}`,
    );
  }
  const expected = width * height * channelsOf[mode];
  if (!(width > 0 && height > 0) || data.length !== expected) {
    throw new TypeError(
      `Cannot use image: ${width} x ${height} in mode ${mode} has ${expected} values, but got ${data.length}`,
    );
  }
  if (mode === 'P' && !palette) throw new TypeError('Cannot use image: mode P needs a palette');
}

/** As many values, all 0, in 8 or 16 bits as the given ones are. */
export function sameKind(data: Pixels, length: number): Uint8Array | Uint16Array {
  return data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
