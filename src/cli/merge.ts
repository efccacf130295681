import { resolve } from 'node:path';
import type { Command } from 'commander';
import { mergeAdapterFrom, readAdapterConfig } from '../node/adapter-files.ts';
import { saveModel } from '../node/training/model-directory.ts';
import { assertDirectoryWritable } from '../node/writable.ts';
import { addLoadingOptions, backendOption, jsonOption, type ModelOptions, modelHelp, openClip } from './options.ts';
import { printJson } from './output.ts';
import { UsageError } from './usage.ts';

type MergeCommand = Omit<ModelOptions, 'model'> & { out: string };

export function addMerge(program: Command): void {
  const command = program
    .command('merge')
    .summary('add an adapter of LoRA to the model that it was trained on')
    .description(
      'Write the model that an adapter makes of its base: of finetune --mode lora, or of PEFT in Python. An adapter of another base is refused.',
    )
    .argument('<base>', modelHelp)
    .argument('<adapter>', 'a directory with adapter_model.safetensors and adapter_config.json')
    .requiredOption('-o, --out <folder>', 'where to write');
  addLoadingOptions(command)
    .addOption(backendOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ clip-tfjs merge clip-vit-base-patch32 my-clip/adapter --out my-merged-clip')
    .action(run);
}

async function run(base: string, adapter: string, options: MergeCommand): Promise<void> {
  const { out } = options;
  for (const source of [base, adapter])
    if (resolve(source) === resolve(out))
      throw new UsageError(`Cannot merge into ${out}: it is what is merged; choose another --out`);
  await assertDirectoryWritable(out);
  await readAdapterConfig(adapter);
  const clip = await openClip({ ...options, model: base });
  try {
    await mergeAdapterFrom(clip, adapter);
    await saveModel(clip, out);
  } finally {
    clip.dispose();
  }
  if (options.json) printJson({ base, adapter, out });
  else console.error(`wrote ${base} with ${adapter} to ${out}`);
}
