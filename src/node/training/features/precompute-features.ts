import { join } from 'node:path';
import type { Clip } from '../../../clip.ts';
import type { Augmentation } from '../../../image/augment.ts';
import type { LockedTowers } from '../../../train/locked-towers.ts';
import { ownCache } from '../../cache.ts';
import type { FilePair } from '../../pairs.ts';
import type { SampleSource } from '../../workers/sample-source.ts';
import { captionFeatures } from './caption-features.ts';
import type { LockedFeatures } from './feature-source.ts';
import { pictureFeatures } from './picture-features.ts';

/** Where features are kept unless another folder is named: runs with other settings find them there. */
export function featureFolder(): string {
  return join(ownCache(), 'features');
}

export type PrecomputeOptions = {
  /** Where features are kept; false: they are not, and locked towers run in each step. */
  cacheFeatures: string | false;
  augmentation: Augmentation;
  exifRotate: boolean;
  batchSize: number;
  signal?: AbortSignal | undefined;
  report: (message: string) => void;
};

/** Whether a tower's features are computed once, for all steps. */
export function cachedTowers(
  locked: LockedTowers,
  { cacheFeatures, augmentation }: Pick<PrecomputeOptions, 'cacheFeatures' | 'augmentation'>,
): LockedTowers {
  if (cacheFeatures === false) return { image: false, text: false };
  return { image: locked.image && !isVaried(augmentation), text: locked.text };
}

/**
 * Computes what locked towers give, once (LiT: Zhai et al. 2022, section 3.2), or reads what an earlier run has computed. A locked
 * image tower sees the whole picture then, as in evaluation, and not a random part.
 */
export async function precomputeFeatures(
  clip: Clip,
  locked: LockedTowers,
  pairs: () => Iterable<FilePair> | AsyncIterable<FilePair>,
  source: SampleSource,
  options: PrecomputeOptions,
): Promise<LockedFeatures> {
  const { cacheFeatures, augmentation, report } = options;
  const cached = cachedTowers(locked, options);
  if (locked.image && !cached.image && cacheFeatures !== false && isVaried(augmentation))
    report(
      'the image tower is locked but pictures are varied each time, so it runs in each step; without "augmentation" it runs once',
    );
  if (cacheFeatures === false || !(cached.image || cached.text)) return {};
  const shared = { ...options, folder: cacheFeatures };
  const known: LockedFeatures = {};
  if (cached.image) {
    report('the image tower is locked: each picture is embedded once, whole, and not cropped at random');
    known.pictures = await pictureFeatures(clip, pairs(), source, {
      ...shared,
      onProgress: progressLines('pictures', report),
    });
  }
  if (cached.text) {
    report('the text tower is locked: each caption is embedded once');
    known.captions = await captionFeatures(clip, pairs(), { ...shared, onProgress: progressLines('captions', report) });
  }
  return known;
}

/** Milliseconds between two lines. */
const interval = 10_000;

/** Reports a line now and then. */
function progressLines(what: string, report: (message: string) => void): (done: number, total: number) => void {
  const began = performance.now();
  let last = began;
  return (done, total) => {
    const now = performance.now();
    if (now - last < interval) return;
    last = now;
    const left = Math.round((((now - began) / done) * (total - done)) / 1000);
    report(`embedded ${done} of ${total} ${what}, ${left} s left`);
  };
}

/** Whether pictures are varied in a way that was asked for: the random crop, which happens by itself, is none. */
function isVaried({ crop, ...others }: Augmentation): boolean {
  return Boolean(crop) || Object.values(others).some((change) => change !== undefined);
}
