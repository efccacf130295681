import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import type { ClipConfig } from '../../config.ts';
import { isStatistic, parameterCount, parameterShapes } from '../../parameters.ts';
import { layerDecay } from '../../train/layer-decay.ts';
import { isLoraTarget, loraOf } from '../../train/lora.ts';
import { ownParameters, type Trained } from '../../train/trained.ts';
import { isTrainedPart } from '../../train/what-is-trained.ts';
import { saveAdapter } from '../adapter-files.ts';
import { modelHash } from '../model-hash.ts';
import type { TrainingSettings } from './settings.ts';

/** What a run trains, and how its result is kept apart from the model. */
export type Adaptation = {
  trained: Trained;
  /** What the learning rate of a parameter is multiplied by. */
  rateScale: (name: string) => number;
  /** Writes what LoRA has learned below a directory; else nothing. */
  save: (out: string) => Promise<void>;
  dispose: () => void;
};

/** Where a run's adapter is. Not beside the model: transformers would look for its base, and add it a second time. */
export const adapterFolder = 'adapter';

/** @throws RangeError, ModelError on settings that do not fit the model */
export async function openAdaptation(clip: Clip, settings: TrainingSettings): Promise<Adaptation> {
  const trainable = trainableIn(clip.config, settings);
  const rateScale = layerDecay(clip.config, settings.layerDecay ?? 1);
  if (settings.mode !== 'lora')
    return { trained: ownParameters(clip, trainable), rateScale, save: async () => {}, dispose: () => {} };
  const base = await modelHash(clip);
  const trained = loraOf(clip, { ...settings.lora, trainable, seed: settings.seed });
  const save = async (out: string) =>
    saveAdapter(join(out, adapterFolder), await trained.adapter(), { config: clip.config, base });
  return { trained, rateScale, save, dispose: trained.dispose };
}

/** Whether one of the model's own parameters changes in training. */
export function trainableIn(config: ClipConfig, settings: TrainingSettings): (name: string) => boolean {
  const { mode, lastBlocks, lora, freeze } = settings;
  const isPart = mode === 'lora' ? isLoraTarget(lora.targets) : isTrainedPart(config, mode, lastBlocks);
  const isTrained = (name: string) => isPart(name) && !freeze.some((prefix) => name.startsWith(prefix));
  if (mode === 'lora') assertRank(config, lora, isTrained);
  return isTrained;
}

/** No product of matrices that are wider than the kernel says more than the kernel. */
function assertRank(
  config: ClipConfig,
  { rank, targets }: TrainingSettings['lora'],
  isTrained: (name: string) => boolean,
): void {
  const widths = [...parameterShapes(config)].flatMap(([name, shape]) => (isTrained(name) ? shape : []));
  const most = Math.min(...widths);
  if (rank > most)
    throw new RangeError(
      `Cannot train by LoRA: expected a rank (--lora-rank) up to ${most}, the narrowest side of ${targets.join(', ')} in this model, but got ${rank}; 4 to 32 are usual`,
    );
}

/** How many numbers are trained: of LoRA those of its matrices. */
export function trainedNumbers(config: ClipConfig, settings: TrainingSettings): number {
  const trainable = trainableIn(config, settings);
  const { mode, lora } = settings;
  const sizes = [...parameterShapes(config)].map(([name, shape]) => {
    if (isStatistic(name) || !trainable(name)) return 0;
    if (mode === 'lora') return lora.rank * shape.reduce((sum, extent) => sum + extent, 0);
    return shape.reduce((product, extent) => product * extent, 1);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** How many numbers are trained, of how many the model has, and which. */
export function describeTrained(config: ClipConfig, settings: TrainingSettings): string {
  const { mode, lastBlocks, lora, freeze } = settings;
  const [trained, all] = [trainedNumbers(config, settings), parameterCount(config)];
  const how: Record<TrainingSettings['mode'], string> = {
    full: 'the whole model',
    'lock-image': 'all but the image tower',
    'lock-text': 'all but the text tower',
    'last-blocks': `the last ${lastBlocks} blocks of both towers and what follows them`,
    projections: 'projections and temperature',
    lora: `LoRA of rank ${lora.rank}, alpha ${lora.alpha} on ${lora.targets.join(', ')}`,
  };
  const without = freeze.length > 0 ? `, without ${freeze.join(', ')}` : '';
  const percent = ((100 * trained) / all).toPrecision(3);
  return `trains ${trained.toLocaleString('en')} of ${all.toLocaleString('en')} parameters (${percent} %): ${how[mode]}${without}`;
}
