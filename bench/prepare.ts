/** What the programs are given: random weights in every layout, pictures as numbers and as files, texts and their ids. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFilesAtomically } from '../src/node/files.ts';
import {
  type Architecture,
  architectureConfig,
  createTokenizer,
  defaultTemplates,
  initClip,
  openaiSevenTemplates,
  openaiVocabulary,
  saveClip,
  useBackend,
} from '../src/node.ts';
import { normalNumbers, uniformNumbers } from '../src/random.ts';
import { assertPython, python } from './programs.ts';
import { makeCaptions } from './prompts.ts';

export type Sizes = { pictures: number; prompts: number; classes: number; files: number };

/** Writes the model in both layouts; made anew only where its directory is not there. */
export async function prepareWeights(directory: string, architecture: Architecture): Promise<void> {
  if (existsSync(directory)) return;
  await useBackend('cpu');
  const tokenizer = createTokenizer(await openaiVocabulary(), architecture.text.contextLength);
  using clip = initClip(architectureConfig(architecture, 'quick_gelu'), 1, () => tokenizer);
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  for (const layout of ['huggingface', 'open_clip'] as const) {
    await saveClip(clip, join(unfinished, layout), { layout });
  }
  await rename(unfinished, directory);
}

/** Writes the same weights as ONNX, by PyTorch, where they are not there. */
export async function prepareOnnx(directory: string): Promise<void> {
  const onnx = join(directory, 'huggingface', 'onnx');
  if (existsSync(onnx)) return;
  assertPython();
  const unfinished = `${onnx}.unfinished`;
  const env = { ...process.env, HF_HUB_OFFLINE: '1' };
  execFileSync(python, ['bench/peers/export.py', join(directory, 'open_clip'), unfinished], { env, stdio: 'pipe' });
  await rename(unfinished, onnx);
}

/** Writes the inputs that `programs/inputs.ts` reads, the same ones each time. */
export async function prepareInputs(directory: string, size: number, sizes: Sizes): Promise<void> {
  await mkdir(directory, { recursive: true });
  const normal = normalNumbers(1);
  const pixels = Float32Array.from({ length: sizes.pictures * 3 * size * size }, normal);
  const prompts = makeCaptions(sizes.prompts, 4, 12, 1);
  const classNames = makeCaptions(sizes.classes, 1, 2, 2);
  const templates = [...openaiSevenTemplates, ...defaultTemplates];
  const texts = [...prompts, ...classNames.flatMap((name) => templates.map((one) => one.replace('{}', name)))];
  const { ids, shape } = createTokenizer(await openaiVocabulary(), 77).tokenize(texts);
  await writeFilesAtomically(directory, [
    ['pixels.f32', [new Uint8Array(pixels.buffer)]],
    ['texts.json', JSON.stringify({ prompts, classNames, templates })],
    ['ids.json', JSON.stringify({ contextLength: shape[1], texts })],
    ['ids.i32', [new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)]],
  ]);
}

/** Writes JPEGs of one megapixel (1152 x 864, quality 85): slopes of colour with noise, and rectangles for hard edges. */
export async function preparePictures(directory: string, count: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  const [width, height, channels] = [1152, 864, 3] as const;
  const normal = normalNumbers(3);
  const noise = Float32Array.from({ length: 2 ** 20 }, () => 8 * normal());
  const uniform = uniformNumbers(4);
  for (let number = 0; number < count; number++) {
    const pixels = new Uint8ClampedArray(width * height * channels);
    const shift = Math.floor(uniform() * noise.length);
    for (let i = 0; i < pixels.length; i++) {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      const slope = [x / width, y / height, (x + y) / (width + height)][i % 3] as number;
      pixels[i] = 255 * slope + (noise[(i + shift) % noise.length] as number);
    }
    for (let rectangle = 0; rectangle < 12; rectangle++) paint(pixels, width, height, uniform);
    await sharp(pixels, { raw: { width, height, channels } })
      .jpeg({ quality: 85 })
      .toFile(join(directory, `${String(number).padStart(4, '0')}.jpg`));
  }
}

function paint(pixels: Uint8ClampedArray, width: number, height: number, uniform: () => number): void {
  const [left, top] = [Math.floor(uniform() * width), Math.floor(uniform() * height)];
  const colour = Array.from({ length: 3 }, () => (uniform() < 0.5 ? 0 : 255));
  for (let y = top; y < Math.min(height, top + height / 4); y++) {
    for (let x = left; x < Math.min(width, left + width / 5); x++) pixels.set(colour, 3 * (y * width + x));
  }
}
