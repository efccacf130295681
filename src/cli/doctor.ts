import type { Command } from 'commander';
import { examineBackends } from './doctor-backends.ts';
import { compareModel, tryModel } from './doctor-model.ts';
import { activationOption, backendOption, jsonOption, type ModelOptions, modelHelp, threadsOption } from './options.ts';

type DoctorCommand = Omit<ModelOptions, 'model'> & { golden?: string };

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .summary('examine the engines of this machine, or a model')
    .description(
      'Without a model: which engines are here, how exact and how fast they are, and which one will be used. With a model: whether it loads, and with --golden whether its outputs and hidden states are those of the reference.',
    )
    .argument('[model]', modelHelp)
    .option(
      '--golden <path>',
      'a safetensors file with pixel_values_nchw, input_ids and what the reference made of them',
    )
    .addOption(activationOption())
    .option('--architecture <name>', "a published name that tells a bare file's head counts")
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs doctor\n  $ clip-tfjs doctor clip-vit-base-patch32 --golden golden.safetensors',
    );
  command.action((model: string | undefined, options: DoctorCommand) => {
    if (model !== undefined) return run({ ...options, model });
    const { golden, activation, architecture } = options;
    if (golden !== undefined || activation !== undefined || architecture !== undefined)
      command.error('error: --golden, --activation and --architecture need a model');
    return examineBackends(options.backend, options.json);
  });
}

function run(options: ModelOptions & { golden?: string }): Promise<void> {
  return options.golden === undefined ? tryModel(options) : compareModel(options, options.golden);
}
