import type { Clip } from '../../clip.ts';
import { embedImages } from '../../embed.ts';

/** Embeds pictures as they come, a batch at a time. */
export type Embedder = {
  add: (picture: number, pixels: Float32Array) => Promise<void>;
  /** What is left of a batch, and then all. @returns a unit vector for each picture that was added, at its number */
  finish: () => Promise<(Float32Array | undefined)[]>;
};

const batchSize = 16;

/** @param count pictures in all */
export function openEmbedder(clip: Clip, count: number): Embedder {
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  let waiting: { picture: number; pixels: Float32Array }[] = [];
  const embedWaiting = async () => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const rows = await embedImages(
      clip,
      batch.map(({ pixels }) => pixels),
      { batchSize },
    );
    for (const [index, { picture }] of batch.entries()) vectors[picture] = rows[index];
  };
  return {
    add: async (picture, pixels) => {
      waiting.push({ picture, pixels });
      if (waiting.length === batchSize) await embedWaiting();
    },
    finish: async () => {
      await embedWaiting();
      return vectors;
    },
  };
}
