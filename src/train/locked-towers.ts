import type { ClipConfig } from '../config.ts';
import { isStatistic, parameterShapes } from '../parameters.ts';

/** Whether nothing of a tower is trained. */
export type LockedTowers = { image: boolean; text: boolean };

/** @param trainable whether a parameter is trained, by name */
export function lockedTowers(config: ClipConfig, trainable: (name: string) => boolean): LockedTowers {
  const trained = [...parameterShapes(config).keys()].filter((name) => !isStatistic(name) && trainable(name));
  return {
    image: !trained.some((name) => name.startsWith('visual.')),
    text: !trained.some((name) => name.startsWith('text.')),
  };
}
