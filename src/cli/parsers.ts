import { InvalidArgumentError } from 'commander';

/** Reads a whole number that is not below `least`: the parser of an option. */
export function parseWhole(
  least: number,
  expected = `expected a whole number from ${least}`,
): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(count) || count < least) throw new InvalidArgumentError(expected);
    return count;
  };
}

/** A positive whole number. */
export const parseCount: (text: string) => number = parseWhole(1, 'expected a positive whole number');

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** A number that is not below 0. */
export function parseFromZero(text: string): number {
  const value = parseNumber(text);
  if (value < 0) throw new InvalidArgumentError('expected a number from 0');
  return value;
}

/** A part of a whole, which is less than all of it. */
export function parseShare(text: string): number {
  const value = parseNumber(text);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('expected a number from 0 to below 1');
  return value;
}

/** A number from -1 to 1. */
export function parseCosine(text: string): number {
  const value = parseNumber(text);
  if (!(value >= -1 && value <= 1)) throw new InvalidArgumentError('expected a cosine, from -1 to 1');
  return value;
}

/** How names begin: not empty, for every name begins so. */
export function collectPrefix(value: string, values: string[] | undefined): string[] {
  if (value.trim() === '') throw new InvalidArgumentError('expected how names begin, e.g. visual.');
  return [...(values ?? []), value];
}
