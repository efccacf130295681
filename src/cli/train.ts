import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { pairsPerEpoch } from '../node/training/epoch-order.ts';
import { assertModeChoice } from '../node/training/mode-settings.ts';
import { newModel } from '../node/training/new-model.ts';
import { captionsOf } from '../node/training/read-data.ts';
import { defaultSettings } from '../node/training/settings.ts';
import { startBackend } from './options.ts';
import { runTraining } from './run-training.ts';
import { readData } from './training-data.ts';
import { addRunningOptions, addTrainingOptions, type TrainingCommand } from './training-options.ts';
import { assertExtent, assertRunFits, readConfig, settingsOf } from './training-settings.ts';
import { asUsage, UsageError } from './usage.ts';

/** CLIP, table 19, for its smaller models; open_clip's 32 epochs. */
const fromScratch = { ...defaultSettings, learningRate: 5e-4, epochs: 32 };

export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .summary('train a new model from scratch')
    .description(
      'Train a model with random weights, and a vocabulary from the captions. A run that was stopped, even killed, goes on from its last checkpoint when the same command is run again.',
    );
  const described = command.requiredOption(
    '-c, --config <path>',
    'a JSON file with "model_cfg" as open_clip has it, and "training" and "augmentation": docs/training.md',
  );
  addRunningOptions(addTrainingOptions(described))
    .addHelpText(
      'after',
      '\nExample:\n  $ clip-tfjs train --config clip.json --data pairs.tsv --val-share 0.05 --epochs 32 --out my-clip' +
        '\n\nclip.json:\n  { "model_cfg": { "embed_dim": 64,' +
        '\n      "vision_cfg": { "image_size": 32, "patch_size": 8, "width": 64, "layers": 2, "head_width": 32 },' +
        '\n      "text_cfg": { "context_length": 16, "vocab_size": 600, "width": 64, "heads": 2, "layers": 2 } },' +
        '\n    "training": { "batchSize": 64, "learningRate": 1e-3 } }',
    )
    .action(run);
}

async function run(options: TrainingCommand & { config: string }): Promise<void> {
  await assertRunFits(options);
  const config = await readConfig(options.config);
  if (!config.hasModel)
    throw new Error(`Cannot train with ${options.config}: expected "model_cfg", which says how large the model is`);
  if ((config.settings.mode ?? 'full') !== 'full' || config.settings.lora || config.settings.lastBlocks)
    throw new UsageError(
      `Cannot train from scratch with ${options.config}: expected mode 'full', for there is nothing yet to adapt; take "mode", "lastBlocks" and "lora" out`,
    );
  await asUsage(() => assertModeChoice(config.settings));
  const settings = settingsOf(fromScratch, config.settings, options);
  const data = await readData(options, settings.seed);
  assertExtent(pairsPerEpoch(data.training.pairs), settings);
  await startBackend(options);
  const tokenizer = config.tokenizer === undefined ? undefined : resolve(dirname(options.config), config.tokenizer);
  const clip = await newModel(config.text, tokenizer, captionsOf(data.training.pairs), settings.seed);
  await runTraining({ clip, model: options.config, ...data, settings, augmentation: config.augmentation }, options);
}
