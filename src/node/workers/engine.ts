import type { BackendName } from '../../backend.ts';
import type { Clip } from '../../clip.ts';
import { embedImages } from '../../embed.ts';
import { preprocess } from '../../image/preprocess.ts';
import { readImage } from '../images/read-image.ts';
import { onceMore } from './once-more.ts';
import { openPicturePool } from './picture-pool.ts';
import type { Prepared } from './picture-worker.ts';
import type { Plan } from './plan.ts';
import { shareImageTower } from './shared-weights.ts';

/** Where pictures are decoded and embedded: in this thread or in others. */
export type Engine = {
  /** Batches that are worked at together. */
  batches: number;
  /** Pictures of a batch that are decoded together. */
  pictures: number;
  decode: (path: string) => Promise<Prepared>;
  /** @returns one vector [embedDim] for each of `pixels`, of unit length unless `unit` is false */
  embed: (pixels: readonly Float32Array[]) => Promise<Float32Array[]>;
  close: () => Promise<void>;
};

export type EngineOptions = {
  batchSize: number;
  backend: BackendName;
  exifRotate: boolean;
  unit?: boolean;
  timeLimit?: number;
};

const defaultTimeLimit = 60_000;

export async function openEngine(clip: Clip, { threads, embed }: Plan, options: EngineOptions): Promise<Engine> {
  if (threads === 0) return thisThread(clip, options);
  return embed ? embedders(clip, threads, options) : decoders(clip, threads, options);
}

/** One picture after the other, because decoders take much memory. */
function thisThread(clip: Clip, { exifRotate, unit = true, timeLimit }: EngineOptions): Engine {
  const limit = timeLimit === undefined ? {} : { timeLimit };
  return {
    batches: 1,
    pictures: 1,
    decode: async (path) => {
      const image = await readImage(path, { exifRotate, ...limit });
      return { pixels: preprocess(image, clip.config.preprocess), width: image.width, height: image.height };
    },
    embed: (pixels) => embedHere(clip, pixels, unit),
    close: async () => {},
  };
}

/** While this thread embeds a batch, the others decode the next; a third is read in the moment between the two. */
function decoders(clip: Clip, threads: number, options: EngineOptions): Engine {
  const { batchSize, exifRotate, unit = true, timeLimit = defaultTimeLimit } = options;
  const pool = openPicturePool(threads, Math.ceil(batchSize / threads));
  return {
    batches: 3,
    pictures: batchSize,
    decode: (path) => onceMore(() => pool.preprocess(path, exifRotate, clip.config.preprocess, timeLimit)),
    embed: (pixels) => embedHere(clip, pixels, unit),
    close: () => pool.close(),
  };
}

/** A batch for each thread to embed, and one that is being decoded. */
async function embedders(clip: Clip, threads: number, options: EngineOptions): Promise<Engine> {
  const { batchSize, exifRotate, backend, unit = true, timeLimit = defaultTimeLimit } = options;
  const pool = openPicturePool(threads, 0, { weights: await shareImageTower(clip), backend });
  return {
    batches: threads + 1,
    pictures: batchSize,
    decode: (path) => onceMore(() => pool.preprocess(path, exifRotate, clip.config.preprocess, timeLimit)),
    embed: (pixels) => onceMore(() => pool.embed(pixels, unit)),
    close: () => pool.close(),
  };
}

function embedHere(clip: Clip, pixels: readonly Float32Array[], unit: boolean): Promise<Float32Array[]> {
  return embedImages(clip, pixels, { batchSize: pixels.length, unit });
}
