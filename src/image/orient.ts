import { channelsOf, type Image, sameKind } from './image.ts';

/**
 * Turns a picture upright.
 * @param orientation EXIF's number, 1 to 8: where the stored first row and column belong (CIPA DC-008, 4.6.4 A)
 */
export function orient(image: Image, orientation: number): Image {
  if (orientation < 2 || orientation > 8) return image;
  const isTurned = orientation >= 5; // rows become columns
  const { width, height, data } = image;
  const [newWidth, newHeight] = isTurned ? [height, width] : [width, height];
  const channels = channelsOf[image.mode];
  const turned = sameKind(data, data.length);
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const [column, row] = isTurned ? [y, x] : [x, y];
      const fromColumn = [2, 3, 7, 8].includes(orientation) ? width - 1 - column : column;
      const fromRow = [3, 4, 6, 7].includes(orientation) ? height - 1 - row : row;
      const from = (fromRow * width + fromColumn) * channels;
      turned.set(data.subarray(from, from + channels), (y * newWidth + x) * channels);
    }
  }
  return { ...image, width: newWidth, height: newHeight, data: turned };
}
