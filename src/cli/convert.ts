import { type Command, Option } from 'commander';
import { saveClip } from '../node/save.ts';
import { assertDirectoryWritable } from '../node/writable.ts';
import type { SaveOptions } from '../weights/save.ts';
import { addLoadingOptions, jsonOption, type ModelOptions, modelHelp, openClip } from './options.ts';
import { printJson } from './output.ts';

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .summary("change a model's layout or dtype")
    .description(
      'Write a model as transformers, open_clip or OpenAI keep it, with config, preprocessing and tokenizer files.',
    )
    .argument('<source>', modelHelp)
    .argument('<directory>', 'where to write')
    .addOption(
      new Option('--layout <name>', 'whose layout')
        .choices(['huggingface', 'open_clip', 'openai'])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--dtype <name>', 'how numbers are kept').choices(['F32', 'F16', 'BF16']).default('F32'));
  addLoadingOptions(command)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ clip-tfjs convert ViT-B-32.safetensors clip-b32 --activation quick_gelu --layout huggingface --dtype F16',
    )
    .action(run);
}

async function run(
  source: string,
  directory: string,
  options: Omit<ModelOptions, 'model'> & Required<SaveOptions>,
): Promise<void> {
  await assertDirectoryWritable(directory);
  const clip = await openClip({ ...options, model: source });
  const { layout, dtype } = options;
  await saveClip(clip, directory, { layout, dtype });
  const { config } = clip;
  clip.dispose();
  if (options.json) printJson({ source, directory, layout, dtype, config });
  else console.error(`wrote ${directory} in the layout of ${layout}, ${dtype}`);
}
