import type { Command } from 'commander';
import { fileSource } from '../node/files.ts';
import { compareWithGolden } from '../node/golden.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import { activationOption, backendOption, jsonOption, type ModelOptions, openClip, threadsOption } from './options.ts';
import { printJson, table } from './output.ts';

/** The project's promise for float32. */
const tolerance = 1e-4;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('check a model against recorded outputs')
    .description(
      'Run recorded inputs through a model and compare outputs and hidden states with those of the reference.',
    )
    .argument('<model>', 'a directory or a .safetensors file')
    .requiredOption(
      '--golden <path>',
      'a safetensors file with pixel_values_nchw, input_ids and what the reference made of them',
    )
    .addOption(activationOption())
    .option('--architecture <name>', "a published name that tells a bare file's head counts")
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ clip-tfjs doctor clip-vit-base-patch32 --golden golden.safetensors')
    .action(run);
}

async function run(model: string, options: Omit<ModelOptions, 'model'> & { golden: string }): Promise<void> {
  const golden = await openSafetensors(await fileSource(options.golden));
  const clip = await openClip({ ...options, model });
  const comparisons = await compareWithGolden(clip, golden);
  await golden.close();
  clip.dispose();
  if (comparisons.length === 0)
    throw new Error(`Cannot check: ${options.golden} has none of the known inputs and outputs`);
  const worst = Math.max(...comparisons.map(({ error }) => error));
  const isGood = worst <= tolerance;
  if (options.json) {
    printJson({ model, tolerance, good: isGood, comparisons });
  } else {
    const rows = comparisons.map(({ name, shape, error, scale }) => [
      error <= tolerance ? 'ok' : 'BAD',
      name,
      `[${shape.join(', ')}]`,
      error.toExponential(1),
      scale.toPrecision(3),
    ]);
    console.log(table([['', 'state', 'shape', 'largest error', 'typical value'], ...rows]));
    console.log(
      isGood
        ? `\nAll within ${tolerance} of the reference.`
        : `\nUp to ${worst.toExponential(1)} off the reference; allowed is ${tolerance}.`,
    );
  }
  if (!isGood) process.exitCode = 1;
}
