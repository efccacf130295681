import { availableParallelism } from 'node:os';
import type { PreprocessConfig } from '../../config.ts';
import { inOrder } from '../workers/in-order.ts';
import { onceMore } from '../workers/once-more.ts';
import { PoolError, WorkerPool } from '../workers/pool.ts';
import { inspectPicture, type PictureFacts, type PictureTask } from './inspect-picture.ts';
import type { PictureSource } from './picture-source.ts';

/** What is kept of the pictures, side by side, in the order of `Rows.pictures`: about 330 bytes each. */
export type Pictures = {
  /** Why a picture cannot be decoded. */
  unreadable: Map<number, string>;
  /** The first picture with the same bytes. */
  sameAs: Uint32Array;
  /** Pixels, as they are shown. */
  width: Uint32Array;
  height: Uint32Array;
  /** Bits of `marks`. */
  marked: Uint8Array;
  /** [count, 4] and [count, 243]: `differenceHash`. */
  hashes: Uint32Array;
  colours: Uint8Array;
};

export const marks = { animated: 1, transparent: 2, oneColour: 4 } as const;

export const coloursPerPicture = 243;

export type InspectOptions = {
  preprocess: PreprocessConfig;
  exifRotate: boolean;
  workers: number | 'auto';
  /** Wants the network's input of each picture that can be decoded, in order. */
  onPixels?: ((picture: number, pixels: Float32Array) => Promise<void>) | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
};

/** Milliseconds after which a picture is given up. */
const timeLimit = 60_000;

/** Decodes all pictures in worker threads. @throws PoolError where no thread starts */
export async function inspectPictures(sources: readonly PictureSource[], options: InspectOptions): Promise<Pictures> {
  const { onPixels, onProgress, preprocess, exifRotate } = options;
  const pictures = emptyPictures(sources.length);
  const firstOf = new Map<string, number>();
  const inspector = openInspector(sources.length, options.workers);
  const task = (source: PictureSource): PictureTask => ({
    source,
    exifRotate,
    preprocess,
    withPixels: onPixels !== undefined,
  });
  const inspect = (source: PictureSource) =>
    inspector.inspect(task(source)).catch((error: Error) => {
      if (error instanceof PoolError) throw error;
      return error;
    });
  try {
    let picture = 0;
    for await (const facts of inOrder(sources, inspector.ahead, inspect)) {
      if (facts instanceof Error) pictures.unreadable.set(picture, reasonOf(facts));
      else {
        keep(pictures, picture, facts, firstOf);
        if (facts.pixels) await onPixels?.(picture, facts.pixels);
      }
      picture++;
      onProgress?.(picture, sources.length);
    }
  } finally {
    await inspector.close();
  }
  return pictures;
}

type Inspector = {
  ahead: number;
  inspect: (task: PictureTask) => Promise<PictureFacts>;
  close: () => Promise<void>;
};

function openInspector(pictures: number, workers: number | 'auto'): Inspector {
  const threads =
    workers === 'auto' ? Math.min(availableParallelism(), Math.ceil(pictures / picturesPerThread)) : workers;
  if (threads === 0) return { ahead: 1, inspect: inspectPicture, close: async () => {} };
  const script = new URL('./picture-worker.js', import.meta.url);
  const pool = new WorkerPool<PictureTask, PictureFacts>(script, { threads, ahead: queued });
  return {
    ahead: threads * (queued + 1),
    inspect: (task) => onceMore(() => pool.run(task, timeLimit)),
    close: () => pool.close(),
  };
}

/** For fewer pictures a thread is not worth its start. */
const picturesPerThread = 8;
/** Pictures that a thread is sent beyond the one it works at. */
const queued = 7;

function emptyPictures(count: number): Pictures {
  return {
    unreadable: new Map(),
    sameAs: Uint32Array.from({ length: count }, (_, picture) => picture),
    width: new Uint32Array(count),
    height: new Uint32Array(count),
    marked: new Uint8Array(count),
    hashes: new Uint32Array(4 * count),
    colours: new Uint8Array(coloursPerPicture * count),
  };
}

function keep(pictures: Pictures, picture: number, facts: PictureFacts, firstOf: Map<string, number>): void {
  const first = firstOf.get(facts.contentHash);
  if (first === undefined) firstOf.set(facts.contentHash, picture);
  else pictures.sameAs[picture] = first;
  pictures.width[picture] = facts.width;
  pictures.height[picture] = facts.height;
  pictures.marked[picture] =
    (facts.isAnimated ? marks.animated : 0) |
    (facts.isTransparent ? marks.transparent : 0) |
    (facts.isOneColour ? marks.oneColour : 0);
  pictures.hashes.set(facts.bits, 4 * picture);
  pictures.colours.set(facts.colours, coloursPerPicture * picture);
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT' ? 'there is no such file' : error.message.replace(/^Cannot read image: /, '');
}
