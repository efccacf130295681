import type { Box } from './crop.ts';

/** Which part of a picture a random crop takes. */
export type RandomCrop = {
  /** Share of the picture's area: the least and the most. */
  scale: readonly [number, number];
  /** Width by height of the part: the least and the most. */
  ratio: readonly [number, number];
};

/** open_clip's when it trains. */
export const openClipCrop: RandomCrop = { scale: [0.9, 1], ratio: [3 / 4, 4 / 3] };

/**
 * A part of a picture of random size and shape, as torchvision's `RandomResizedCrop` chooses it: ten tries, then the largest
 * part in the middle whose shape is allowed.
 * @param uniform gives numbers in [0, 1)
 */
export function randomCropBox(
  { width, height }: { width: number; height: number },
  { scale, ratio }: RandomCrop,
  uniform: () => number,
): Box {
  const between = (least: number, most: number) => least + (most - least) * uniform();
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * between(...scale);
    const shape = Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1])));
    const box = { width: Math.round(Math.sqrt(area * shape)), height: Math.round(Math.sqrt(area / shape)) };
    if (box.width < 1 || box.width > width || box.height < 1 || box.height > height) continue;
    const top = Math.floor(uniform() * (height - box.height + 1));
    const left = Math.floor(uniform() * (width - box.width + 1));
    return { left, top, ...box };
  }
  const shape = Math.min(Math.max(width / height, ratio[0]), ratio[1]);
  const middle =
    width / height > shape
      ? { width: Math.round(height * shape), height }
      : { width, height: Math.min(height, Math.round(width / shape)) };
  return {
    left: Math.floor((width - middle.width) / 2),
    top: Math.floor((height - middle.height) / 2),
    ...middle,
  };
}
