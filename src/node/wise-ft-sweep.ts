import type { Clip } from '../clip.ts';
import { type GuardScore, guardScore } from '../evaluate/guard.ts';
import { interpolateClips } from '../train/wise-ft.ts';
import { type EmbedFilesOptions, embedFiles } from './embed-files.ts';
import { type GuardData, saidOfRead } from './guard-data.ts';

/** How a model between two fares. */
export type SweepPoint = {
  alpha: number;
  /** On what was fine-tuned for. */
  data: GuardScore;
  /** On what shall be kept. */
  guard: GuardScore;
  /** Of both values. */
  sum: number;
};

export type SweepOptions = EmbedFilesOptions & {
  /** Is told of a picture that cannot be read, for each alpha; the rest is measured. */
  skip?: (path: string, error: Error) => void;
};

/**
 * Measures models between a start and what fine-tuning made of it, by new data and by a guard set (Wortsman et al. 2022, figure 1).
 * A blend is freed before the next one is made, so that three models at most are in memory.
 * @param alphas each from 0 to 1, in the order of the result
 * @param onProgress of `options` counts the pictures of all blends
 * @throws as `interpolateClips` does; Error where none of the pictures of a set can be read
 */
export async function sweepAlphas(
  start: Clip,
  tuned: Clip,
  alphas: readonly number[],
  sets: { data: GuardData; guard: GuardData },
  { onProgress, ...options }: SweepOptions = {},
): Promise<SweepPoint[]> {
  const total = alphas.length * (sets.data.pairs.length + sets.guard.pairs.length);
  let before = 0;
  const points: SweepPoint[] = [];
  for (const alpha of alphas) {
    const blend = await interpolateClips(start, tuned, alpha);
    try {
      const measure = async (set: GuardData) => {
        const progress = (done: number) => onProgress?.(before + done, total);
        const score = await measureFiles(blend, set, { ...options, onProgress: progress });
        before += set.pairs.length;
        return score;
      };
      const [data, guard] = [await measure(sets.data), await measure(sets.guard)];
      points.push({ alpha, data, guard, sum: data.value + guard.value });
    } finally {
      blend.dispose();
    }
  }
  return points;
}

/** The point with the greatest sum; of equal ones that with the least alpha, which is nearest to the start. */
export function bestOf(points: readonly SweepPoint[]): SweepPoint {
  const [first, ...others] = [...points].sort((one, other) => one.alpha - other.alpha);
  if (!first) throw new RangeError('Cannot choose an alpha: expected one point or more but got none');
  return others.reduce((best, point) => (point.sum > best.sum + 1e-9 ? point : best), first);
}

async function measureFiles(clip: Clip, data: GuardData, { skip, ...options }: SweepOptions): Promise<GuardScore> {
  const rows = new Map<string, Float32Array>();
  const paths = data.pairs.map(({ image }) => image);
  for await (const { path, embedding, error } of embedFiles(clip, paths, options)) {
    if (error) skip?.(path, error);
    else rows.set(path, embedding);
  }
  if (rows.size === 0)
    throw new Error(`Cannot measure ${data.source}: none of its ${paths.length} pictures can be read`);
  return guardScore(
    clip,
    [...rows.values()],
    saidOfRead(data, (path) => rows.has(path)),
  );
}
