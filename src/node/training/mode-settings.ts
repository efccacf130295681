import { type LoraTarget, loraTargets } from '../../train/lora.ts';
import { type TrainedPart, trainedParts } from '../../train/what-is-trained.ts';
import type { JsonFields } from '../../weights/json.ts';
import { readStrings, refuseOthers } from './config-json.ts';

/** What is trained: a part of the model's own parameters, or a low-rank change of its blocks. */
export type TrainingMode = TrainedPart | 'lora';

export const trainingModes: readonly TrainingMode[] = [...trainedParts, 'lora'];

/** See `LoraOptions`. */
export type LoraSettings = { rank: number; alpha: number; targets: readonly LoraTarget[] };

/** What decides which settings go together. */
export type ModeChoice = {
  mode?: TrainingMode | undefined;
  lastBlocks?: number | undefined;
  lora?: Partial<LoraSettings> | undefined;
  layerDecay?: number | undefined;
  averageDecay?: number | undefined;
};

/** @throws RangeError on a setting that the mode has no use for, or cannot be used with it */
export function assertModeChoice(choice: ModeChoice): void {
  const { mode = 'full', lastBlocks, lora, layerDecay, averageDecay } = choice;
  const refuse = (what: string, cure: string) => {
    throw new RangeError(`Cannot train with ${what} in mode '${mode}': ${cure}`);
  };
  if (lastBlocks !== undefined && mode !== 'last-blocks')
    refuse('lastBlocks (--last-blocks)', "it belongs to mode 'last-blocks'");
  if (lora !== undefined && mode !== 'lora') refuse('settings of LoRA (--lora-…)', "they belong to mode 'lora'");
  if (layerDecay !== undefined && mode === 'projections')
    refuse('layerDecay (--layer-decay)', 'all that is trained stands at the top of its tower');
  if (layerDecay !== undefined && !(layerDecay > 0 && layerDecay <= 1))
    throw new RangeError(`Cannot train: expected layerDecay (--layer-decay) above 0, at most 1, but got ${layerDecay}`);
  if (averageDecay !== undefined && mode === 'lora')
    refuse('averageDecay (--average-decay)', 'an average of weights is no low-rank change; leave it out');
}

/** The same on all settings: those that a mode has no use for are there by default. */
export function assertMode({ mode, layerDecay, averageDecay }: ModeChoice): void {
  if (mode === undefined || !trainingModes.includes(mode))
    throw new RangeError(`Cannot train: expected mode to be one of ${trainingModes.join(', ')} but got ${mode}`);
  assertModeChoice({ mode, layerDecay, averageDecay });
}

/** Settings without those that the mode has no use for. */
export function usedSettings<T extends ModeChoice>(settings: T): Partial<T> {
  const { mode, lastBlocks, lora, ...rest } = settings;
  return {
    ...rest,
    ...(mode !== 'full' && { mode }),
    ...(mode === 'last-blocks' && { lastBlocks }),
    ...(mode === 'lora' && { lora }),
  } as Partial<T>;
}

/** The fields of `lora` that are given. */
export function readLora(fields: JsonFields): Partial<LoraSettings> {
  refuseOthers(fields, ['rank', 'alpha', 'targets']);
  const { alpha, targets } = { alpha: fields.value('alpha'), targets: fields.value('targets') };
  return {
    ...(fields.value('rank') !== undefined && { rank: fields.count('rank') }),
    ...(alpha !== undefined && { alpha: readAlpha(fields) }),
    ...(targets !== undefined && { targets: readTargets(fields) }),
  };
}

function readAlpha(fields: JsonFields): number {
  const alpha = fields.number('alpha');
  return alpha > 0 ? alpha : fields.fail('alpha', 'a number above 0');
}

function readTargets(fields: JsonFields): readonly LoraTarget[] {
  const targets = readStrings(fields, 'targets');
  return areTargets(targets) ? targets : fields.fail('targets', `a list of ${loraTargets.join(', ')}`);
}

/** One or more, each once. */
export function areTargets(names: readonly string[]): names is readonly LoraTarget[] {
  const known: readonly string[] = loraTargets;
  return names.length > 0 && new Set(names).size === names.length && names.every((name) => known.includes(name));
}
