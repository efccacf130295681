import type { Image } from '../../image/image.ts';

/**
 * Gives a decoded GIF the mode that Pillow gives it, because palette pictures are resized otherwise: `L` where the file's
 * colours are 0, 1, 2 … of grey, else `P`, of the colours that the picture has.
 * @param image mode RGB or RGBA, of at most 256 colours
 */
export function asPalettePicture(image: Image, bytes: Uint8Array): Image {
  const channels = image.mode === 'RGBA' ? 4 : 3;
  const indices = new Map<number, number>();
  const data = new Uint8Array(image.width * image.height);
  const palette = new Uint8Array(4 * 256);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const from = pixel * channels;
    const [red = 0, green = 0, blue = 0, alpha = 255] = image.data.subarray(from, from + channels);
    const colour = ((red * 256 + green) * 256 + blue) * 256 + alpha;
    const index = indices.get(colour) ?? indices.size;
    if (index > 255) return image; // more than one palette: later parts of the frame have their own
    if (index === indices.size) {
      indices.set(colour, index);
      palette.set([red, green, blue, alpha], 4 * index);
    }
    data[pixel] = index;
  }
  if (!isGreyRamp(bytes)) return { ...image, mode: 'P', data, palette };
  return { ...image, mode: 'L', data: data.map((index) => palette[4 * index] as number) };
}

/** Whether the file's global colours are those of grey, in order. */
function isGreyRamp(bytes: Uint8Array): boolean {
  const flags = bytes[10] ?? 0;
  const isThere = (flags & 0x80) !== 0;
  const colours = bytes.subarray(13, 13 + 3 * 2 ** ((flags & 7) + 1));
  return isThere && colours.every((value, i) => value === Math.floor(i / 3));
}
