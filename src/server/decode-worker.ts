import type { PreprocessConfig } from '../config.ts';
import { composite } from '../image/composite.ts';
import { preprocess } from '../image/preprocess.ts';
import { resize } from '../image/resize.ts';
import { toRgb } from '../image/to-rgb.ts';
import { encodeJpeg } from '../node/images/encode-jpeg.ts';
import { readImage } from '../node/images/read-image.ts';
import { type Handled, serve } from '../node/workers/serve.ts';

/** What a thread that decodes does: a network's input from bytes that were sent, or a small JPEG of a file. */
export type DecodeTask = { exifRotate: boolean; largest: number } & (
  | { kind: 'preprocess'; bytes: Uint8Array; config: PreprocessConfig }
  | { kind: 'thumbnail'; path: string; side: number }
);

/** Float32 [size, size, 3], or a JPEG file. */
export type DecodeResult = Float32Array | Uint8Array;

const jpegQuality = 80;

serve(async (task: DecodeTask): Promise<Handled<DecodeResult>> => {
  const result =
    task.kind === 'preprocess'
      ? preprocess(await readImage(task.bytes, task), task.config)
      : await thumbnail(task.path, task.side, task);
  return { result, transfer: [result.buffer as ArrayBuffer] };
});

/** On white, the longer side `side` pixels or less. */
async function thumbnail(
  path: string,
  side: number,
  options: { exifRotate: boolean; largest: number },
): Promise<Uint8Array> {
  const picture = toRgb(composite(await readImage(path, options), [255, 255, 255]));
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return encodeJpeg(resize(picture, scaled(picture.width), scaled(picture.height), 'bicubic'), jpegQuality);
}
