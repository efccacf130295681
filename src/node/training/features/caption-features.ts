import type { Clip } from '../../../clip.ts';
import { embedTexts } from '../../../embed.ts';
import type { FilePair } from '../../pairs.ts';
import { inBatches } from '../../workers/in-order.ts';
import { openCommits } from './commits.ts';
import { featureStore } from './feature-store.ts';
import type { FeatureOptions } from './picture-features.ts';

/** By the caption: its unit vector [embedDim]. */
export type CaptionFeatures = ReadonlyMap<string, Float32Array>;

/** Captions that are sorted by length and embedded together. */
const textsAtOnce = 1024;

/**
 * The features of all captions, cut where the context ends: from the disk where they were there before, else computed and put there on the
 * way. In memory they are 4 · embedDim bytes a caption, and its text.
 * @throws {IndexLockedError} where another process is writing features of this tower
 */
export async function captionFeatures(
  clip: Clip,
  pairs: Iterable<FilePair> | AsyncIterable<FilePair>,
  { folder, batchSize, signal, onProgress }: Omit<FeatureOptions, 'exifRotate'>,
): Promise<CaptionFeatures> {
  const store = await featureStore(clip, 'text', folder, false);
  const wanted = new Set<string>();
  for await (const { texts } of pairs) for (const text of texts) wanted.add(text);
  const features = new Map<string, Float32Array>();
  for await (const { entry, features: row } of store.rows())
    if (entry.caption !== undefined && wanted.has(entry.caption)) features.set(entry.caption, row);
  const missing = [...wanted].filter((text) => !features.has(text));
  if (missing.length === 0) return features;
  const writer = await store.openForWriting();
  const commits = openCommits(writer);
  const known = features.size;
  try {
    for await (const texts of inBatches(missing, textsAtOnce)) {
      signal?.throwIfAborted();
      const rows = await embedTexts(clip, texts, { batchSize, truncate: true });
      for (const [index, caption] of texts.entries()) {
        const row = rows[index] as Float32Array;
        features.set(caption, row);
        await commits.add({ path: '', size: 0, modified: 0, hash: '', width: 0, height: 0, caption }, row);
      }
      onProgress(features.size - known, missing.length);
    }
  } finally {
    await commits.flush().finally(() => writer.close());
  }
  return features;
}
