import type { Command } from 'commander';
import { examineBackends } from './doctor-backends.ts';
import { compareModel } from './doctor-golden.ts';
import { diagnoseModel } from './doctor-model.ts';
import {
  addLoadingOptions,
  backendOption,
  jsonOption,
  type ModelOptions,
  modelHelp,
  threadsOption,
} from './options.ts';

type DoctorCommand = Omit<ModelOptions, 'model'> & { golden?: string; pictures?: string };

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .summary('examine the engines of this machine, or a model')
    .description(
      'Without a model: which engines are here, how exact and how fast they are, and which one will be used. With a model: its files, tensors, tokenizer, preprocessing and memory, whether it encodes, and whether it gives what was recorded of published weights; with --golden, whether its outputs and hidden states are those of a reference.',
    )
    .argument('[model]', modelHelp)
    .option(
      '--golden <path>',
      'a safetensors file with pixel_values_nchw, input_ids and what the reference made of them',
    )
    .option(
      '--pictures <folder>',
      'where pictures with recorded outputs are: CLIP.png, 000000039769.jpg, page.png, astronaut.png ...',
    );
  addLoadingOptions(command)
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs doctor\n  $ clip-tfjs doctor clip-vit-base-patch32 --pictures pictures\n  $ clip-tfjs doctor clip-vit-base-patch32 --golden golden.safetensors',
    );
  command.action((model: string | undefined, options: DoctorCommand) => {
    if (model !== undefined) return run({ ...options, model });
    const { golden, pictures, activation, architecture, imageSize } = options;
    if ([golden, pictures, activation, architecture, imageSize].some((option) => option !== undefined))
      command.error('error: --golden, --pictures, --activation, --architecture and --image-size need a model');
    return examineBackends(options.backend, options.json);
  });
}

function run(options: ModelOptions & { golden?: string; pictures?: string }): Promise<void> {
  return options.golden === undefined
    ? diagnoseModel(options, options.pictures)
    : compareModel(options, options.golden);
}
