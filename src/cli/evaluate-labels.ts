import type { ClassPrompts } from '../classify/class-prompts.ts';
import type { LabelledPicture } from '../node/labelled-pictures.ts';
import { UsageError } from './usage.ts';

/** The labels of the data, in the order of the alphabet. */
export function labelsOf(pictures: readonly LabelledPicture[]): string[] {
  return [...new Set(pictures.map(({ label }) => label))].sort();
}

/** Which class a label means: its name, or a synonym of it. */
export function classPlaces(classes: readonly (string | ClassPrompts)[]): Map<string, number> {
  return new Map(
    classes.flatMap((entry, place) =>
      (typeof entry === 'string' ? [entry] : [entry.name, ...(entry.synonyms ?? [])]).map(
        (name) => [name, place] as const,
      ),
    ),
  );
}

/** @throws UsageError on a label that is no class, a picture with two labels, a single class */
export function refuseUnfitLabels(
  pictures: readonly LabelledPicture[],
  places: ReadonlyMap<string, number>,
  areGiven: boolean,
): void {
  if (new Set(places.values()).size < 2)
    throw new UsageError(
      `Cannot evaluate: expected two classes or more but got '${[...places.keys()][0]}' alone, which is always right; give more by --labels`,
    );
  const before = new Map<string, LabelledPicture>();
  for (const picture of pictures) {
    const { path, label, place } = picture;
    if (!places.has(label) && areGiven)
      throw new UsageError(
        `Cannot evaluate: '${label}' (${place}) is none of the labels that are given; add it to them, or write it as they do`,
      );
    const other = before.get(path);
    if (other)
      throw new UsageError(
        `Cannot evaluate: expected one label for each picture but ${path} is '${other.label}' (${other.place}) and '${label}' (${place}); take one away`,
      );
    before.set(path, picture);
  }
}
