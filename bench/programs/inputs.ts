import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** What a program is started with; the directories are those that ../prepare.ts makes. */
export type Setting = {
  /** With `huggingface/` (its `onnx/` included) and `open_clip/`, the same weights in each. */
  models: string;
  inputs: string;
  threads: number;
};

/** The texts of all cases. */
export type Texts = { prompts: string[]; classNames: string[]; templates: string[] };

export function readSetting(): Setting {
  const [models = '', inputs = '', threads = '1'] = process.argv.slice(-3);
  return { models, inputs, threads: Number(threads) };
}

export function readTexts({ inputs }: Setting): Texts {
  return JSON.parse(readFileSync(join(inputs, 'texts.json'), 'utf8')) as Texts;
}

/** Text to its 77 ids, for programs without a tokenizer. */
export function readIds({ inputs }: Setting): Map<string, Int32Array> {
  const { contextLength, texts } = JSON.parse(readFileSync(join(inputs, 'ids.json'), 'utf8')) as {
    contextLength: number;
    texts: string[];
  };
  const ids = new Int32Array(new Uint8Array(readFileSync(join(inputs, 'ids.i32'))).buffer);
  return new Map(texts.map((text, row) => [text, ids.subarray(row * contextLength, (row + 1) * contextLength)]));
}

/** The first `count` input pictures, float32 [count, 3, size, size], read once and kept. */
export function pictureReader({ inputs }: Setting, size: number): (count: number) => Float32Array {
  const length = 3 * size * size;
  const kept = new Map<number, Float32Array>();
  return (count) => {
    const known = kept.get(count);
    if (known) return known;
    const pixels = new Float32Array(count * length);
    const file = openSync(join(inputs, 'pixels.f32'), 'r');
    const read = readSync(file, pixels, 0, pixels.byteLength, 0);
    closeSync(file);
    if (read !== pixels.byteLength)
      throw new Error(`Cannot read ${count} pictures of ${size} pixels: pixels.f32 is short`);
    kept.set(count, pixels);
    return pixels;
  };
}
