import { fitLinearProbe, type LinearProbeOptions } from './linear-probe.ts';
import { measureProbe, type ProbeFigures } from './predict-probe.ts';

/** Features of pictures, rows [embedDim], and the place of each one's class. */
export type LabelledFeatures = { features: readonly Float32Array[]; labels: readonly number[] };

/** What a strength of the penalty gave on the validation pictures. */
export type SweepTrial = ProbeFigures & { c: number; iterations: number; isConverged: boolean };

export type SweepOptions = Omit<LinearProbeOptions, 'c' | 'onIteration'> & {
  onTrial?: (trial: SweepTrial, done: number, total: number) => void;
};

/** Exponents of ten. */
const coarse = [-6, -4, -2, 0, 2, 4, 6];
/** From two decades between neighbours to an eighth of one. */
const halvings = 4;

/**
 * Looks for the C that does best on validation pictures, coarse to fine (CLIP, appendix A.3): seven from 1e-6 to 1e6, then four times
 * the two at half the distance around the best, so that neighbours are an eighth of a decade apart: 15 fits for 97 values of C.
 * Of equal accuracies the lower cross-entropy is the better. The paper then fits once more, with that C, on both sets together.
 * @returns the best trial, and all of them by C
 */
export async function sweepLinearProbe(
  training: LabelledFeatures,
  validation: LabelledFeatures,
  { onTrial, ...options }: SweepOptions,
): Promise<{ best: SweepTrial; trials: SweepTrial[] }> {
  const trials = new Map<number, SweepTrial>();
  const total = coarse.length + 2 * halvings;
  const tryOut = async (exponent: number) => {
    const fit = await fitLinearProbe(training.features, training.labels, { ...options, c: 10 ** exponent });
    const figures = measureProbe(validation.features, validation.labels, fit);
    const { c, iterations, isConverged } = fit;
    const trial = { c, ...figures, iterations, isConverged };
    trials.set(exponent, trial);
    onTrial?.(trial, trials.size, total);
  };
  const best = () => [...trials].reduce((one, other) => (isBetter(other[1], one[1]) ? other : one));
  for (const exponent of coarse) await tryOut(exponent);
  for (let distance = 1; distance >= 2 / 2 ** halvings; distance /= 2) {
    const [centre] = best();
    for (const exponent of [centre - distance, centre + distance]) await tryOut(exponent);
  }
  return { best: best()[1], trials: [...trials.values()].sort((one, other) => one.c - other.c) };
}

function isBetter(one: SweepTrial, other: SweepTrial): boolean {
  return one.accuracy === other.accuracy ? one.loss < other.loss : one.accuracy > other.accuracy;
}
