import { featureFolder } from './features/precompute-features.ts';
import type { RunOptions } from './run-options.ts';

/** The options of a run that have a default, filled in. */
export type ChosenOptions = Required<Omit<RunOptions, 'signal' | 'model' | 'guard'>>;

/** The options with the defaults that `RunOptions` tells of. */
export function chooseOptions(given: RunOptions): ChosenOptions {
  return { ...defaults, ...given };
}

const defaults = {
  augmentation: {},
  exifRotate: false,
  tensorboard: false,
  maxBad: 0.05,
  workers: 'auto',
  cacheFeatures: featureFolder(),
  checkpointSeconds: 60,
  report: () => {},
} as const satisfies Partial<RunOptions>;
