/**
 * Throws a TypeError unless all lists have the same length, one or more.
 * @param action what cannot be done, e.g. `count mistakes`
 * @param lengths by the name of the list, e.g. `{ predictions: 3, labels: 2 }`
 */
export function assertSameCount(action: string, lengths: Record<string, number>): void {
  const counts = Object.values(lengths);
  if (counts[0] && counts.every((count) => count === counts[0])) return;
  const names = Object.keys(lengths).join(' and ');
  throw new TypeError(
    `Cannot ${action}: expected ${names} of one length, 1 or more, but got ${counts.join(' and ')}; give one of each per sample`,
  );
}

/** Throws a RangeError unless the number is in [0, 1]. */
export function assertShare(action: string, name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new RangeError(`Cannot ${action}: expected ${name} from 0 to 1 but got ${value}; a share of 5 % is 0.05`);
}

/** Throws a RangeError on NaN, which has no place in an order: rankings would be silently wrong. And on infinity. */
export function assertFinite(action: string, name: string, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index])) continue;
    throw new RangeError(
      `Cannot ${action}: expected finite numbers but ${name} ${index} is ${values[index]}; look for it in the embeddings`,
    );
  }
}

/** Throws a RangeError unless the label is the index of a class. */
export function assertLabel(action: string, label: number, classCount: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classCount) return;
  throw new RangeError(
    `Cannot ${action}: expected labels from 0 to ${classCount - 1} but got ${label}; labels are indices of classes`,
  );
}
