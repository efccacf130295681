/**
 * Checks features and labels that a probe is made of.
 * @param action what cannot be done, e.g. `fit a linear probe`
 * @returns the width of the features
 * @throws TypeError on other counts, rows of several widths, fewer than two classes; RangeError on labels that are no class, a class
 *   without a picture, numbers that are not finite
 */
export function checkProbeData(
  action: string,
  features: readonly Float32Array[],
  labels: readonly number[],
  classes: readonly string[],
): number {
  if (classes.length < 2)
    throw new TypeError(`Cannot ${action}: expected two classes or more but got ${classes.length}; name them all`);
  if (features.length !== labels.length)
    throw new TypeError(
      `Cannot ${action}: expected a label for each of ${features.length} features but got ${labels.length}; give one of each per picture`,
    );
  const width = features[0]?.length ?? 0;
  for (const [row, feature] of features.entries()) {
    if (feature.length !== width)
      throw new TypeError(
        `Cannot ${action}: expected features of width ${width} but row ${row} has ${feature.length}; embed all with one model`,
      );
    if (!feature.every(Number.isFinite))
      throw new RangeError(
        `Cannot ${action}: expected finite features but row ${row} has ${feature.find((entry) => !Number.isFinite(entry))}; look for it in the embeddings`,
      );
  }
  const used = new Set(labels);
  const strange = labels.find((label) => !(label in classes));
  if (strange !== undefined)
    throw new RangeError(
      `Cannot ${action}: expected labels from 0 to ${classes.length - 1} but got ${strange}; labels are places in the list of classes`,
    );
  const empty = classes.find((_, place) => !used.has(place));
  if (empty !== undefined)
    throw new RangeError(
      `Cannot ${action}: the class '${empty}' has no picture; give some, or take it off the classes`,
    );
  return width;
}
