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

/** A number above 0. */
export function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
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

/** A number above 0, after those before. */
export function collectWeight(text: string, weights: number[] | undefined): number[] {
  return [...(weights ?? []), parsePositive(text)];
}

/** How names begin: not empty, for every name begins so. */
export function collectPrefix(value: string, values: string[] | undefined): string[] {
  if (value.trim() === '') throw new InvalidArgumentError('expected how names begin, e.g. visual.');
  return [...(values ?? []), value];
}

/** Bytes: `300`, `300k`, `2.5M`, `1G`; k is 1000. */
export function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kMG]?)B?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('expected bytes, e.g. 300k or 2.5M');
  return Number(digits) * 1000 ** ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase());
}

/** The beginning of a year, month, day or minute, of this place's time: `2024`, `2024-07`, `2024-07-31`, `2024-07-31T18:30`; as milliseconds since 1970. */
export function parseDate(text: string): number {
  const expected = 'expected a date, e.g. 2024, 2024-07, 2024-07-31 or 2024-07-31T18:30';
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?)?)?$/.exec(text.trim());
  if (!match) throw new InvalidArgumentError(expected);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const date = new Date(year, month - 1, day, hour, minute, second);
  // JavaScript takes the 31st of February for the 2nd or 3rd of March
  const isAsGiven =
    date.getMonth() === month - 1 && date.getDate() === day && date.getHours() === hour && minute < 60 && second < 60;
  if (!isAsGiven) throw new InvalidArgumentError(expected);
  return date.getTime();
}
