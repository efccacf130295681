import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  areTargets,
  assertModeChoice,
  type LoraSettings,
  type TrainingMode,
  trainingModes,
} from '../node/training/mode-settings.ts';
import type { GivenSettings } from '../node/training/settings.ts';
import { type LoraTarget, loraTargets } from '../train/lora.ts';
import { parseCount, parseNumber, parsePositive } from './parsers.ts';
import { asUsage } from './usage.ts';

/** What finetune can be told about what is trained. */
export type ModeCommand = {
  mode?: TrainingMode;
  lastBlocks?: number;
  loraRank?: number;
  loraAlpha?: number;
  loraTargets?: readonly LoraTarget[];
  layerDecay?: number;
};

export function addModeOptions(command: Command): Command {
  return command
    .addOption(new Option('--mode <name>', 'what is trained (default: full)').choices([...trainingModes]))
    .option('--last-blocks <count>', 'with --mode last-blocks: how many of each tower (default: 2)', parseCount)
    .option('--lora-rank <count>', 'with --mode lora: how wide the change of a kernel is (default: 8)', parseCount)
    .option(
      '--lora-alpha <number>',
      'with --mode lora: the change is scaled by alpha / rank (default: 16)',
      parsePositive,
    )
    .option(
      '--lora-targets <names>',
      `with --mode lora: which kernels, of ${loraTargets.join(', ')} (default: qkv,out)`,
      parseTargets,
    )
    .option(
      '--layer-decay <share>',
      "each block's learning rate, as a share of that of the one above it, e.g. 0.7 (default: 1)",
      parseDecay,
    );
}

/**
 * The config's settings under those of the options, those of LoRA one by one.
 * @throws UsageError on settings that do not go together
 */
export async function withModeOptions(
  config: GivenSettings,
  options: ModeCommand & { averageDecay?: number },
): Promise<GivenSettings> {
  const { mode, lastBlocks, layerDecay, loraRank: rank, loraAlpha: alpha, loraTargets: targets } = options;
  const lora: Partial<LoraSettings> = {
    ...config.lora,
    ...(rank !== undefined && { rank }),
    ...(alpha !== undefined && { alpha }),
    ...(targets !== undefined && { targets }),
  };
  const given: GivenSettings = {
    ...config,
    ...(mode !== undefined && { mode }),
    ...(lastBlocks !== undefined && { lastBlocks }),
    ...(layerDecay !== undefined && { layerDecay }),
    ...(Object.keys(lora).length > 0 && { lora }),
  };
  const { averageDecay = config.averageDecay } = options;
  await asUsage(() => assertModeChoice({ ...given, averageDecay }));
  return given;
}

function parseDecay(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('expected a number above 0, at most 1');
  return value;
}

function parseTargets(text: string): readonly LoraTarget[] {
  const names = text.split(',').map((name) => name.trim());
  if (!areTargets(names)) throw new InvalidArgumentError(`expected ${loraTargets.join(', ')}, or some of them`);
  return names;
}
