import type { PreprocessConfig } from '../../config.ts';
import { composite } from '../../image/composite.ts';
import { differenceHash } from '../../image/difference-hash.ts';
import type { Image } from '../../image/image.ts';
import { preprocess } from '../../image/preprocess.ts';
import { toRgb } from '../../image/to-rgb.ts';
import { sha256 } from '../files.ts';
import { isAnimated } from '../images/is-animated.ts';
import { readImage } from '../images/read-image.ts';
import { type PictureSource, pictureBytes } from './picture-source.ts';

/** A picture to look at, and how the model takes pictures. */
export type PictureTask = {
  source: PictureSource;
  exifRotate: boolean;
  preprocess: PreprocessConfig;
  /** Whether the network's input is wanted too. */
  withPixels: boolean;
};

/** What is known of a picture once it has been decoded. */
export type PictureFacts = {
  /** The first half of its bytes' SHA-256, in hex. */
  contentHash: string;
  width: number;
  height: number;
  isAnimated: boolean;
  /** Whether any pixel is not opaque. */
  isTransparent: boolean;
  /** Whether all of it is one colour, as the model sees it: without alpha, or on the model's background. */
  isOneColour: boolean;
  /** `differenceHash` of the same. */
  bits: Uint32Array<ArrayBuffer>;
  colours: Uint8Array<ArrayBuffer>;
  /** float32 [size, size, 3] */
  pixels?: Float32Array<ArrayBuffer>;
};

/** Levels of 255 that pixels of one colour may be apart: what JPEG makes of it. */
const oneColour = 4;

/** Reads a picture wholly. @throws ImageError as `readImage`, Error where there is no file */
export async function inspectPicture(task: PictureTask): Promise<PictureFacts> {
  const { source, exifRotate, preprocess: config, withPixels } = task;
  const bytes = await pictureBytes(source);
  const image = await readImage(bytes, { exifRotate });
  const { width, height } = image;
  const seen = toRgb(config.background ? composite(image, config.background) : image);
  return {
    contentHash: sha256(bytes).slice(0, 32),
    width,
    height,
    isAnimated: isAnimated(bytes),
    isTransparent: isTransparent(image),
    isOneColour: isOneColour(seen),
    ...differenceHash(seen),
    ...(withPixels && { pixels: preprocess(image, config) }),
  };
}

function isTransparent({ mode, data, palette }: Image): boolean {
  if (mode === 'P') return palette !== undefined && data.some((index) => palette[4 * index + 3] !== 255);
  if (mode !== 'RGBA' && mode !== 'LA') return false;
  const channels = mode === 'RGBA' ? 4 : 2;
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return true;
  return false;
}

/** @param image mode RGB */
function isOneColour({ data }: Image): boolean {
  for (let c = 0; c < 3; c++) {
    let least = 255;
    let most = 0;
    for (let at = c; at < data.length; at += 3) {
      const value = data[at] as number;
      if (value < least) least = value;
      if (value > most) most = value;
      if (most - least > oneColour) return false;
    }
  }
  return true;
}
