import type { JsonFields } from '../../weights/json.ts';

/** @throws SyntaxError on a field that is not among these */
export function refuseOthers(fields: JsonFields, known: readonly string[]): void {
  const other = fields.keys.find((key) => !known.includes(key));
  if (other !== undefined) fields.fail(other, `absent; the fields known here are ${known.join(', ')}`);
}

export function readAtLeast(fields: JsonFields, key: string, least: number): number {
  const value = fields.number(key);
  return value >= least ? value : fields.fail(key, `a number from ${least} up`);
}

/** Two numbers, the first not above the second. */
export function readRange(fields: JsonFields, key: string, least: number): readonly [number, number] {
  const value = fields.value(key);
  const isPair = Array.isArray(value) && value.length === 2 && value.every((entry) => typeof entry === 'number');
  const [low, high] = isPair ? (value as [number, number]) : [Number.NaN, Number.NaN];
  if (!(low >= least && low <= high)) return fields.fail(key, `two numbers from ${least} up, the smaller one first`);
  return [low, high];
}

export function readString(fields: JsonFields, key: string): string {
  const value = fields.value(key);
  return typeof value === 'string' ? value : fields.fail(key, 'a string');
}

export function readStrings(fields: JsonFields, key: string): readonly string[] {
  const value = fields.value(key);
  const areStrings = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  return areStrings ? (value as readonly string[]) : fields.fail(key, 'a list of strings');
}
