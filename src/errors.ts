/**
 * Errors say action, expected, got, cure: `Cannot encode image: expected pixels [batch, 224, 224, 3] but got [1, 3, 224, 224]; transpose to NHWC`.
 * A wrong shape is a TypeError, a value out of range a RangeError, a bad file a SyntaxError, a model that cannot be used a ModelError.
 */

/** A model that cannot be used as asked: weights and config disagree, tensors are missing or left over, a tower is not loaded. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** Text that has more tokens than the context holds; `tokens` counts the start and end tokens too. */
export class TextTooLongError extends RangeError {
  override readonly name = 'TextTooLongError';
  readonly tokens: number;
  readonly contextLength: number;

  constructor(message: string, tokens: number, contextLength: number) {
    super(message);
    this.tokens = tokens;
    this.contextLength = contextLength;
  }
}

/**
 * Throws a TypeError unless `actual` has the expected extents.
 * @param action what cannot be done, e.g. `Cannot encode image: expected pixels`
 * @param expected one entry per axis: a number must match exactly, a name (`'batch'`) takes any extent
 * @param cure how to mend it, appended to the message
 */
export function assertShape(
  action: string,
  actual: readonly number[],
  expected: readonly (number | string)[],
  cure?: string,
): void {
  const fits =
    actual.length === expected.length &&
    expected.every((size, axis) => typeof size === 'string' || size === actual[axis]);
  if (fits) return;
  throw new TypeError(`${action} [${expected.join(', ')}] but got [${actual.join(', ')}]${cure ? `; ${cure}` : ''}`);
}

/** A picture that cannot be read: damaged, too large, or of a format for which no decoder is there. */
export class ImageError extends SyntaxError {
  override readonly name = 'ImageError';
}
