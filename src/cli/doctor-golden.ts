import { tolerance } from '../node/doctor/run-check.ts';
import { fileSource } from '../node/files.ts';
import { compareWithGolden } from '../node/golden.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import { type ModelOptions, openClip } from './options.ts';
import { printJson, table } from './output.ts';

/** Compares a model with recorded outputs. Ends with 1 where they differ. */
export async function compareModel(options: ModelOptions, goldenPath: string): Promise<void> {
  const { model } = options;
  const golden = await openSafetensors(await fileSource(goldenPath));
  const clip = await openClip(options);
  const comparisons = await compareWithGolden(clip, golden);
  await golden.close();
  clip.dispose();
  if (comparisons.length === 0) throw new Error(`Cannot check: ${goldenPath} has none of the known inputs and outputs`);
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
