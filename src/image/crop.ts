import { channelsOf, type Image, sameKind } from './image.ts';

/** A part of a picture, in pixels from its upper left corner. */
export type Box = { left: number; top: number; width: number; height: number };

export function crop(image: Image, { left, top, width, height }: Box): Image {
  const channels = channelsOf[image.mode];
  const data = sameKind(image.data, width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { ...image, width, height, data };
}
