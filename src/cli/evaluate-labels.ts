import type { ClassPrompts } from '../classify/class-prompts.ts';
import type { LabelledPicture } from '../node/labelled-pictures.ts';
import { placeLabels } from '../node/place-labels.ts';
import { asUsage, UsageError } from './usage.ts';

/** The labels of the data, in the order of the alphabet. */
export function labelsOf(pictures: readonly LabelledPicture[]): string[] {
  return [...new Set(pictures.map(({ label }) => label))].sort();
}

/** @throws UsageError on a label that is no class, a picture with two labels, a single class */
export async function refuseUnfitLabels(
  pictures: readonly LabelledPicture[],
  classes: readonly (string | ClassPrompts)[],
  action: string,
): Promise<void> {
  const [only] = classes;
  if (classes.length < 2)
    throw new UsageError(
      `${action}: expected two classes or more but got '${typeof only === 'object' ? only.name : only}' alone, which is always right; give more labels`,
    );
  await asUsage(() => placeLabels(pictures, classes, { action }));
}
