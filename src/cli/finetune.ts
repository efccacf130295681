import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Activation } from '../config.ts';
import { pairsPerEpoch } from '../node/training/epoch-order.ts';
import { fineTuningRate, learningRateAdvice } from '../node/training/plan.ts';
import { defaultSettings } from '../node/training/settings.ts';
import { addGuardOptions, type GuardCommand, readGuardChoice } from './guard-options.ts';
import { addModeOptions, type ModeCommand, withModeOptions } from './mode-options.ts';
import { addLoadingOptions, modelHelp, openClip } from './options.ts';
import { runTraining } from './run-training.ts';
import { readData } from './training-data.ts';
import { addRunningOptions, addTrainingOptions, type TrainingCommand } from './training-options.ts';
import { assertExtent, assertRunFits, readConfig, settingsOf } from './training-settings.ts';

type FinetuneCommand = TrainingCommand &
  ModeCommand &
  GuardCommand & { activation?: Activation; architecture?: string; imageSize?: number };

export function addFinetune(program: Command): void {
  const command = program
    .command('finetune')
    .summary('go on training a model with your own pictures and captions')
    .description(
      'Train a model further. A run that was stopped, even killed, goes on from its last checkpoint when the same command is run again.',
    )
    .argument('<model>', modelHelp);
  const described = addGuardOptions(addModeOptions(addTrainingOptions(command))).option(
    '-c, --config <path>',
    'a JSON file with "training" and "augmentation": docs/training.md',
  );
  addRunningOptions(addLoadingOptions(described))
    .addHelpText(
      'after',
      '\nExample:\n  $ clip-tfjs finetune clip-vit-base-patch32 --data pairs.csv --val-share 0.1 --epochs 5 --out my-clip' +
        '\n  $ clip-tfjs finetune clip-vit-base-patch32 --data pairs.csv --mode lora --lora-rank 8 --out my-clip' +
        '\n\npairs.csv:\n  filepath,title\n  photos/1.jpg,a red bicycle at a wall\n  photos/2.jpg,"bread, cheese and wine"',
    )
    .action(run);
}

async function run(model: string, options: FinetuneCommand): Promise<void> {
  if (resolve(model) === resolve(options.out))
    throw new Error(`Cannot train into ${options.out}: the model that is trained is there; choose another --out`);
  await assertRunFits(options);
  const config = await readConfig(options.config);
  if (config.hasModel || config.tokenizer !== undefined)
    throw new Error(
      `Cannot fine-tune with ${options.config}: it describes a new model; take "model_cfg" and "tokenizer" out, or use train`,
    );
  const chosen = await withModeOptions(config.settings, options);
  const seed = options.seed ?? chosen.seed ?? defaultSettings.seed;
  const data = await readData(options, seed);
  assertExtent(pairsPerEpoch(data.training.pairs), settingsOf(defaultSettings, chosen, options));
  const guard = await readGuardChoice(model, options);
  const clip = await openClip({ ...options, model });
  const defaults = { ...defaultSettings, learningRate: fineTuningRate(clip.config, chosen.mode) };
  const settings = settingsOf(defaults, chosen, options);
  const advice = learningRateAdvice(clip.config, settings.learningRate, settings.mode);
  if (advice) console.error(advice);
  const { augmentation } = config;
  await runTraining({ clip, model, ...data, settings, augmentation, ...(guard && { guard }) }, options);
}
