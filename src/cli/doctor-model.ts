import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
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

/** Loads a model and encodes a grey picture and an empty text. Ends with 1 where numbers come out that are none. */
export async function tryModel(options: ModelOptions): Promise<void> {
  const { model } = options;
  const clip = await openClip(options);
  const encoded = tf.tidy(() => encodeSomething(clip));
  const isGood = (await Promise.all(encoded.map((row) => row.data()))).every((row) => row.every(Number.isFinite));
  tf.dispose(encoded);
  const { towers } = clip;
  const tensors = clip.parameters.size;
  clip.dispose();
  const backend = tf.getBackend();
  if (options.json) printJson({ model, backend, towers, tensors, good: isGood });
  else
    console.log(`${model}: ${tensors} tensors loaded, ${isGood ? 'encodes' : 'gives NaN or infinity'} on ${backend}`);
  if (!isGood) process.exitCode = 1;
}

function encodeSomething(clip: Clip): tf.Tensor2D[] {
  const { vision, text } = clip.config;
  const rows: tf.Tensor2D[] = [];
  if (vision && clip.towers !== 'text')
    rows.push(clip.encodeImage(tf.zeros([1, vision.imageSize, vision.imageSize, 3])));
  if (text && clip.towers !== 'image')
    rows.push(clip.encodeText(tf.tensor2d([[text.vocabSize - 2, text.vocabSize - 1]], undefined, 'int32')));
  return rows;
}
