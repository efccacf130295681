import type { Clip } from '../../../clip.ts';
import { embedImages } from '../../../embed.ts';
import { type FileStatus, statusOf } from '../../indexing/walk.ts';
import type { FilePair } from '../../pairs.ts';
import { inBatches, inOrder } from '../../workers/in-order.ts';
import type { SampleSource } from '../../workers/sample-source.ts';
import { preparePairs } from '../prepare-pairs.ts';
import { openCommits } from './commits.ts';
import { type FeatureStore, featureStore } from './feature-store.ts';

/** By the picture's path: its unit vector [embedDim], or why it cannot be read. */
export type PictureFeatures = ReadonlyMap<string, Float32Array | Error>;

export type FeatureOptions = {
  /** Where the stores of all towers are. */
  folder: string;
  exifRotate: boolean;
  /** Rows that go through the tower at once. */
  batchSize: number;
  signal?: AbortSignal | undefined;
  /** Is told how many of those that were not on the disk are done. */
  onProgress: (done: number, total: number) => void;
};

/** File statuses that are asked for at the same time. */
const atOnce = 32;

/**
 * The features of all pictures, as in evaluation: from the disk where the same file (path, size, time) was there before, else computed
 * and put there on the way, so that a run which is stopped, even killed, goes on where it was. In memory they are 4 · embedDim bytes a picture.
 * @param source prepares pictures
 * @throws {IndexLockedError} where another process is writing features of this tower
 */
export async function pictureFeatures(
  clip: Clip,
  pairs: Iterable<FilePair> | AsyncIterable<FilePair>,
  source: SampleSource,
  options: FeatureOptions,
): Promise<PictureFeatures> {
  const store = await featureStore(clip, 'image', options.folder, options.exifRotate);
  const wanted = await statusesOf(pairs);
  const features = new Map<string, Float32Array | Error>();
  const changed = new Map<string, number>();
  for await (const { entry, features: row } of store.rows()) {
    const now = wanted.get(entry.path)?.status;
    if (now?.size === entry.size && now.modified === entry.modified) features.set(entry.path, row);
    else if (now) changed.set(entry.path, entry.id);
  }
  const missing = [...wanted.values()].filter(({ pair }) => !features.has(pair.image));
  if (missing.length > 0) await compute(clip, missing, source, { store, changed, features }, options);
  return features;
}

type Wanted = { pair: FilePair; status: FileStatus | undefined };

/** Each picture once. */
async function statusesOf(pairs: Iterable<FilePair> | AsyncIterable<FilePair>): Promise<Map<string, Wanted>> {
  const wanted = new Map<string, Wanted>();
  const withStatus = async (pair: FilePair) => ({ pair, status: await pictureStatus(pair) });
  for await (const each of inOrder(pairs, atOnce, withStatus)) wanted.set(each.pair.image, each);
  return wanted;
}

/** Of a picture in a shard: its own size, and the shard's time. */
async function pictureStatus({ image, bytes }: FilePair): Promise<FileStatus | undefined> {
  if (!bytes) return statusOf(image);
  const shard = await statusOf(bytes.file);
  return shard && { ...shard, path: image, size: bytes.size };
}

async function compute(
  clip: Clip,
  missing: readonly Wanted[],
  source: SampleSource,
  {
    store,
    changed,
    features,
  }: { store: FeatureStore; changed: Map<string, number>; features: Map<string, Float32Array | Error> },
  { batchSize, signal, onProgress }: FeatureOptions,
): Promise<void> {
  const statuses = new Map(missing.map(({ pair, status }) => [pair.image, status]));
  const known = features.size;
  const onBad = ({ image }: FilePair, reason: string) => features.set(image, new Error(reason));
  async function* readable() {
    for await (const { pair, sample } of preparePairs(
      missing.map(({ pair }) => ({ pair })),
      source,
      onBad,
    )) {
      signal?.throwIfAborted();
      if (sample && 'pixels' in sample) yield { path: pair.image, pixels: sample.pixels };
    }
  }
  const writer = await store.openForWriting();
  const commits = openCommits(writer);
  try {
    for await (const batch of inBatches(readable(), batchSize)) {
      const rows = await embedImages(
        clip,
        batch.map(({ pixels }) => pixels),
        { batchSize },
      );
      for (const [index, { path }] of batch.entries()) {
        const row = rows[index] as Float32Array;
        const status = statuses.get(path);
        features.set(path, row);
        if (status) await commits.add({ ...status, hash: '', width: 0, height: 0 }, row, changed.get(path));
      }
      onProgress(features.size - known, missing.length);
    }
  } finally {
    await commits.flush().finally(() => writer.close());
  }
}
