/**
 * The protocol between run.ts and a program: a line of JSON on standard input asks, a line of JSON on standard output
 * answers when the work is done. The clock is run.ts's, one for all programs. pytorch_clip.py speaks the same.
 */
import { createInterface } from 'node:readline';
import type { Texts } from './inputs.ts';

export type Request =
  | { do: 'load' }
  | { do: 'check' }
  | { do: 'first' }
  | { do: 'images'; batch: number; count: number }
  | { do: 'texts'; count: number }
  | { do: 'classifier'; count: number }
  | { do: 'folder'; directory: string; count: number }
  | { do: 'matmul'; shapes: [number, number, number][] };

export type Answer = {
  /** What failed. */
  error?: string;
  /** What this program is not made for. */
  unsupported?: string;
  /** load: by package, e.g. { 'onnxruntime-node': '1.30.0' }. */
  versions?: Record<string, string>;
  /** check: embeddings of the first two pictures and the first three prompts, of any length. */
  images?: number[][];
  texts?: number[][];
  /** matmul: the best of a few runs, in GFLOP/s. */
  gigaflops?: number;
};

type Rows = ArrayLike<number>[];

/** What a program can do. An absent function leaves its column of the table empty. */
export type Program = {
  /** Opens the model and says the versions of what computes. */
  load: () => Promise<Record<string, string>>;
  /** Embeds the first `count` input pictures as one batch. */
  embedImages: (count: number) => Promise<Rows>;
  embedTexts: (texts: string[]) => Promise<Rows>;
  /** Built of `embedTexts` where the program has none of its own. */
  buildClassifier?: (classNames: string[], templates: string[]) => Promise<unknown>;
  /** Reads, prepares and embeds the first `count` pictures of a folder, in batches of 32. */
  embedFolder?: (directory: string, count: number) => Promise<Rows>;
  /** GFLOP/s of [m, k] x [k, n]. */
  matmul?: (m: number, k: number, n: number) => number;
};

/** Answers requests until standard input ends. `texts` is called at the first request that needs one. */
export async function serve(program: Program, texts: () => Texts): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await respond(program, texts, JSON.parse(line) as Request).catch((error: Error) => ({
      error: error.message,
    }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}

async function respond(program: Program, texts: () => Texts, request: Request): Promise<Answer> {
  switch (request.do) {
    case 'load':
      return { versions: await program.load() };
    case 'first':
      await program.embedTexts(texts().prompts.slice(0, 1));
      await program.embedImages(1);
      return {};
    case 'check': {
      const images = await program.embedImages(2);
      const rows = await program.embedTexts(texts().prompts.slice(0, 3));
      return { images: images.map((row) => Array.from(row)), texts: rows.map((row) => Array.from(row)) };
    }
    case 'images':
      for (let done = 0; done < request.count; done += request.batch) await program.embedImages(request.batch);
      return {};
    case 'texts':
      await program.embedTexts(texts().prompts.slice(0, request.count));
      return {};
    case 'classifier': {
      const { classNames, templates } = texts();
      const build = program.buildClassifier ?? ((...given) => classifierOf(program, ...given));
      await build(classNames.slice(0, request.count), templates);
      return {};
    }
    case 'folder':
      if (!program.embedFolder) return { unsupported: 'it reads no pictures' };
      await program.embedFolder(request.directory, request.count);
      return {};
    case 'matmul':
      if (!program.matmul) return { unsupported: 'it is not asked for matrix products' };
      return { gigaflops: Math.max(...request.shapes.map(([m, k, n]) => program.matmul?.(m, k, n) ?? 0)) };
  }
}

/** What a user of a bare runtime writes: the mean of each class's unit vectors, scaled to unit length again. */
async function classifierOf(program: Program, classNames: string[], templates: string[]): Promise<Float32Array[]> {
  const rows = await program.embedTexts(
    classNames.flatMap((name) => templates.map((template) => template.replace('{}', name))),
  );
  return classNames.map((_, index) => {
    const own = rows.slice(index * templates.length, (index + 1) * templates.length).map(unit);
    return unit(Float32Array.from(own[0] ?? [], (_value, i) => own.reduce((sum, row) => sum + (row[i] as number), 0)));
  });
}

/** Scaled to unit length. */
export function unit(row: ArrayLike<number>): Float32Array {
  const values = Float32Array.from(row);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Cuts `items` into batches and joins what each gives. */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  run: (batch: T[]) => Promise<Rows>,
): Promise<Rows> {
  const rows: Rows = [];
  for (let start = 0; start < items.length; start += size) rows.push(...(await run(items.slice(start, start + size))));
  return rows;
}

/** The rows of float32 [rows, width]. */
export function rowsOf(values: Float32Array, rows: number): Float32Array[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
