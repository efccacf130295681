import { type ClassPrompts, classPlaces } from '../classify/class-prompts.ts';
import type { LabelledPicture } from './labelled-pictures.ts';

/** A label as the data has it, and where. */
export type NamedLabel = Pick<LabelledPicture, 'path' | 'label' | 'place'>;

/**
 * Which classes each picture shows: places in `classes`, by path. A label is the name of a class or a synonym.
 * @param several whether a picture may show several classes
 * @throws RangeError on a label that is no class, on a picture that has one class twice, or two unless `several`
 */
export function placeLabels(
  labels: readonly NamedLabel[],
  classes: readonly (string | ClassPrompts)[],
  { action, several = false, cure = 'take one away' }: { action: string; several?: boolean; cure?: string },
): Map<string, number[]> {
  const places = classPlaces(classes);
  const shown = new Map<string, number[]>();
  const first = new Map<string, NamedLabel>();
  for (const named of labels) {
    const { path, label, place } = named;
    const which = places.get(label);
    if (which === undefined)
      throw new RangeError(
        `${action}: the label '${label}' (${place}) is none of the ${classes.length} classes; add it to them, or write it as they do`,
      );
    const before = shown.get(path) ?? [];
    const other = first.get(path);
    if (before.includes(which) || (other && !several))
      throw new RangeError(
        `${action}: expected one label for each picture${several ? ' and class' : ''} but ${path} is '${other?.label}' (${other?.place}) and '${label}' (${place}); ${cure}`,
      );
    first.set(path, other ?? named);
    shown.set(path, [...before, which]);
  }
  return shown;
}
