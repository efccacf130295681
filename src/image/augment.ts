import type { PreprocessConfig } from '../config.ts';
import { sampleSeed, uniformNumbers } from '../random.ts';
import { type Affine, randomTransform, transform } from './affine.ts';
import { type ColourChange, changeColours } from './colour.ts';
import { composite } from './composite.ts';
import { crop } from './crop.ts';
import { assertImage, type Image } from './image.ts';
import { normalise, preparePixels } from './preprocess.ts';
import { openClipCrop, type RandomCrop, randomCropBox } from './random-crop.ts';
import { resize } from './resize.ts';
import { toRgb } from './to-rgb.ts';

/** How pictures are varied in training. Plain data, as it stands in a config's JSON. */
export type Augmentation = {
  /** The part that is shown; open_clip's by default; null: the whole, as in evaluation. */
  crop?: Partial<RandomCrop> | null;
  affine?: Affine;
  colour?: ColourChange;
  /** What is put behind pictures with alpha, in place of the model's own background. */
  background?: {
    /** How often it happens; always by default. */
    probability?: number;
    /** Red, green, blue, 0 to 255; one is drawn. Any colour by default. */
    colours?: readonly (readonly [number, number, number])[];
  };
};

type Colour = readonly [number, number, number];

/**
 * From a decoded picture to what the network takes in training: background, random crop, resize, affine, colours. Each
 * choice has a seed of its own, so that one more kind of change leaves the others as they were.
 * @returns float32 [size, size, 3], normalised
 * @throws TypeError on an image whose data do not fit its size and mode
 */
export function augment(
  image: Image,
  config: PreprocessConfig,
  augmentation: Augmentation,
  seed: number,
): Float32Array<ArrayBuffer> {
  return normalise(augmentPixels(image, config, augmentation, seed), config);
}

/** The same before it is normalised. @returns mode RGB, size x size */
export function augmentPixels(image: Image, config: PreprocessConfig, augmentation: Augmentation, seed: number): Image {
  assertImage(image);
  const { affine, colour } = augmentation;
  const uniform = (place: number) => uniformNumbers(sampleSeed(seed, place));
  const background = backgroundOf(image, config, augmentation, uniform(0));
  const shown = showPart(image, { ...config, background: background ?? null }, augmentation, uniform(1));
  const moved = affine ? transform(shown, randomTransform(config.size, affine, uniform(2)), background) : shown;
  return colour ? changeColours(moved, colour, uniform(3)) : moved;
}

/** The colour behind a picture with alpha; undefined where it has none, or alpha is dropped. */
function backgroundOf(
  image: Image,
  config: PreprocessConfig,
  { background }: Augmentation,
  uniform: () => number,
): Colour | undefined {
  if (!hasAlpha(image)) return undefined;
  const own = config.background ?? undefined;
  if (!background || uniform() >= (background.probability ?? 1)) return own;
  const { colours } = background;
  if (colours) return colours[Math.floor(uniform() * colours.length)] ?? own;
  const level = () => Math.floor(256 * uniform());
  return [level(), level(), level()];
}

function hasAlpha({ mode, palette }: Image): boolean {
  return (
    mode === 'RGBA' || mode === 'LA' || (mode === 'P' && !!palette?.some((value, at) => at % 4 === 3 && value < 255))
  );
}

/** The random part as open_clip shows it, without regard to the picture's shape; or all, as in evaluation. */
function showPart(image: Image, config: PreprocessConfig, { crop: part }: Augmentation, uniform: () => number): Image {
  if (part === null) return preparePixels(image, config);
  const { size, interpolation, order, background } = config;
  const flat = background ? composite(image, background) : image;
  const first = order === 'huggingface' ? toRgb(flat) : flat;
  const box = randomCropBox(first, { ...openClipCrop, ...part }, uniform);
  return toRgb(resize(crop(first, box), size, size, interpolation));
}
