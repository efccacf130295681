import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../../src/clip.ts';
import type { Image } from '../../src/image/image.ts';

/**
 * A model whose faults are known: what it sees in a picture and what it understands of a text are two functions, and a picture
 * is near to the texts that mean what it shows. Each meaning has an axis of its own, so other cosines are 0.
 */
export function plantedClip({
  size,
  see,
  understand,
}: {
  size: number;
  /** @param image mode RGB, size x size */
  see: (image: Image) => string;
  understand: (text: string) => string;
}): Clip {
  const embedDim = 512;
  const axes: string[] = [];
  const texts: string[] = [];
  const numberIn = (list: string[], value: string) =>
    list.includes(value) ? list.indexOf(value) : list.push(value) - 1;
  const vectors = (meanings: string[]) =>
    tf.oneHot(
      tf.tensor1d(
        meanings.map((meaning) => numberIn(axes, meaning)),
        'int32',
      ),
      embedDim,
      1,
      0,
      'float32',
    ) as tf.Tensor2D;
  const planted = {
    config: {
      embedDim,
      preprocess: {
        size,
        mean: [0, 0, 0],
        std: [1, 1, 1],
        interpolation: 'bicubic',
        resizeMode: 'shortest',
        order: 'openai',
        background: null,
      },
      text: { contextLength: 3 },
    },
    logitScale: 100,
    tokenizer: {
      endId: 1,
      encode: () => [2],
      tokenize: (list: string[]) => ({
        ids: Int32Array.from(list.flatMap((text) => [0, numberIn(texts, text) + 2, 1])),
        shape: [list.length, 3],
      }),
    },
    encodeImage: (pixels: tf.Tensor4D) => {
      const values = pixels.dataSync();
      const length = size * size * 3;
      const images = Array.from({ length: pixels.shape[0] }, (_, index): Image => {
        const own = values.subarray(index * length, (index + 1) * length);
        return {
          width: size,
          height: size,
          mode: 'RGB',
          data: Uint8Array.from(own, (value) => Math.round(255 * value)),
        };
      });
      return vectors(images.map(see));
    },
    encodeText: (ids: tf.Tensor2D) => {
      const values = ids.dataSync();
      const numbers = Array.from({ length: ids.shape[0] }, (_, row) => (values[3 * row + 1] as number) - 2);
      return vectors(numbers.map((at) => understand(texts[at] as string)));
    },
  };
  return planted as unknown as Clip;
}

/** A pixel's colour as one number. */
export function codeOf([red, green, blue]: ArrayLike<number> & Iterable<number>): number {
  return ((red as number) << 16) | ((green as number) << 8) | (blue as number);
}

/** The colour of each pixel of a picture of mode RGB. */
export function codesIn({ data }: Image): Uint32Array {
  const codes = new Uint32Array(data.length / 3);
  for (let i = 0, at = 0; at < codes.length; i += 3)
    codes[at++] = ((data[i] as number) << 16) | ((data[i + 1] as number) << 8) | (data[i + 2] as number);
  return codes;
}

/** The colour that most pixels have. */
export function mostFrequent(codes: Uint32Array): number {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}

export function isGrey(code: number): boolean {
  return code >> 16 === (code & 255) && ((code >> 8) & 255) === (code & 255);
}

/** The smallest box around the pixels of some colours, and how many they are. @returns undefined where there are none */
export function boxOf(codes: Uint32Array, columns: number, isIts: (code: number) => boolean) {
  let [left, top, right, bottom] = [columns, codes.length, -1, -1];
  const pixels: number[] = [];
  for (const [pixel, code] of codes.entries()) {
    if (!isIts(code)) continue;
    const [x, y] = [pixel % columns, Math.floor(pixel / columns)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
    pixels.push(pixel);
  }
  return pixels.length === 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1, pixels };
}
