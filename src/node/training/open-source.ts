import type { Clip } from '../../clip.ts';
import type { LockedTowers } from '../../train/locked-towers.ts';
import { joinPairs, type PairList } from '../pair-list.ts';
import { openSampleSource, type SampleSource } from '../workers/sample-source.ts';
import { featureSource } from './features/feature-source.ts';
import { type PrecomputeOptions, precomputeFeatures } from './features/precompute-features.ts';
import { sampleThreads } from './plan.ts';

export type SourceOptions = PrecomputeOptions & {
  workers: number | 'auto';
  /** Pairs of a step. */
  stepSize: number;
};

/**
 * Opens what prepares the samples of a run, and computes what its locked towers give for all of them.
 * @param training decides how many threads are worth their start
 * @param others what is shown beside: validation, guard
 */
export async function openSource(
  clip: Clip,
  locked: LockedTowers,
  training: PairList,
  others: readonly (PairList | undefined)[],
  options: SourceOptions,
): Promise<SampleSource> {
  const { tokenizer, config } = clip;
  const { workers, stepSize, augmentation, exifRotate } = options;
  const threads = sampleThreads(workers, training.length);
  const settings = { preprocess: config.preprocess, augmentation, exifRotate };
  const source = openSampleSource(threads, stepSize, settings, tokenizer);
  const lists = [training, ...others].filter((list) => list !== undefined);
  const pairs = () => joinPairs(lists.map((list) => ({ list, weight: 1 })));
  try {
    const known = await precomputeFeatures(clip, locked, pairs, source, options);
    return featureSource(source, known, tokenizer);
  } catch (error) {
    await source.close();
    throw error;
  }
}
