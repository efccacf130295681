import type { ClipConfig } from '../../../config.ts';
import type { Augmentation } from '../../../image/augment.ts';
import { isStatistic, parameterShapes } from '../../../parameters.ts';

/** Whether nothing of a tower is trained. */
export type LockedTowers = { image: boolean; text: boolean };

export function lockedTowers(config: ClipConfig, trainable: (name: string) => boolean): LockedTowers {
  const trained = [...parameterShapes(config).keys()].filter((name) => !isStatistic(name) && trainable(name));
  return {
    image: !trained.some((name) => name.startsWith('visual.')),
    text: !trained.some((name) => name.startsWith('text.')),
  };
}

/** Whether pictures are varied in a way that was asked for: the random crop, which happens by itself, is none. */
export function isVaried({ crop, ...others }: Augmentation): boolean {
  return Boolean(crop) || Object.values(others).some((change) => change !== undefined);
}
