import { cosinesOf } from '../cosines.ts';
import type { LabelledFeatures } from './probe-sweep.ts';
import { addCache, type TipAdapter, unitVector } from './tip-adapter.ts';

/** What a choice gave on the validation pictures. */
export type TipTrial = { alpha: number; beta: number; accuracy: number };

/** The authors search from 0.1 to 3, 10 or 30, as the data wants it (github.com/gaopengcuhk/Tip-Adapter, configs); 0 is zero-shot. */
const betas = steps(0.1, 30, 25);
const alphas = [0, ...betas];

/**
 * Looks for the alpha and beta that do best on validation pictures, over a grid; of equal ones the first, which leans least on the cache.
 * Alpha 0 is among them, so on these pictures the result is never worse than zero-shot.
 * @returns the adapter with both, and what they gave
 * @throws RangeError on features of another width
 */
export function searchTipAdapter(
  adapter: TipAdapter,
  { features, labels }: LabelledFeatures,
): { adapter: TipAdapter; best: TipTrial } {
  const { directions, logitScale, keys, classNames } = adapter;
  const units = features.map(unitVector);
  const words = units.map((unit) => cosinesOf(unit, directions).map((cosine) => logitScale * cosine));
  const cosines = units.map((unit) => cosinesOf(unit, keys));
  const right = alphas.map(() => betas.map(() => 0));
  for (const [place, beta] of betas.entries())
    for (const [picture, label] of labels.entries()) {
      const cache = new Float64Array(classNames.length);
      addCache(cache, cosines[picture] as Float64Array, adapter.labels, 1, beta);
      for (const [row, alpha] of alphas.entries()) {
        const logits = (words[picture] as Float64Array).map((score, at) => score + alpha * (cache[at] as number));
        if (logits.indexOf(Math.max(...logits)) === label) (right[row] as number[])[place]! += 1;
      }
    }
  const trials = alphas.flatMap((alpha, row) =>
    betas.map((beta, place) => ({ alpha, beta, accuracy: (right[row]?.[place] as number) / labels.length })),
  );
  const best = trials.reduce((one, other) => (other.accuracy > one.accuracy ? other : one));
  return { adapter: { ...adapter, alpha: best.alpha, beta: best.beta }, best };
}

/** So many numbers of equal ratios, both ends among them, with three digits. */
function steps(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) =>
    Number((from * (to / from) ** (step / (count - 1))).toPrecision(3)),
  );
}
