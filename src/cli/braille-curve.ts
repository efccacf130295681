/** Dots of a braille character, U+2800 and on: 2 columns of 4; the bit of each, by row (Unicode, chapter 21.1). */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Values, by place; null where there is none. */
export type Values = readonly (number | null)[];

/**
 * A curve as lines of braille characters, two values wide and four high each. Where there are more values than dots, a dot is their
 * mean; where there are fewer, it is the line between them.
 * @param columns characters of a line
 * @returns the lines, from the top, each of `columns` characters, and the least and the largest value drawn; undefined where none is finite
 */
export function brailleCurve(
  values: Values,
  columns: number,
  rows: number,
): { lines: string[]; least: number; most: number } | undefined {
  const heights = spread(values, 2 * columns);
  const drawn = heights.filter((height) => height !== null);
  if (drawn.length === 0) return undefined;
  const [least, most] = [Math.min(...drawn), Math.max(...drawn)];
  const top = 4 * rows - 1;
  const rowOf = (value: number) =>
    most === least ? Math.round(top / 2) : Math.round(((most - value) / (most - least)) * top);
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns));
  let before: number | undefined;
  for (const [x, height] of heights.entries()) {
    if (height === null) {
      before = undefined;
      continue;
    }
    const row = rowOf(height);
    // down or up from the dot before, so that the line has no holes
    const from = before === undefined || before === row ? row : before + Math.sign(row - before);
    for (let dot = Math.min(from, row); dot <= Math.max(from, row); dot++) {
      const line = cells[dot >> 2] as Uint8Array;
      line[x >> 1] = (line[x >> 1] as number) | ((bits[dot & 3] as readonly number[])[x & 1] as number);
    }
    before = row;
  }
  const lines = cells.map((line) => String.fromCodePoint(...Array.from(line, (dots) => 0x2800 + dots)));
  return { lines, least, most };
}

/** The values at `count` places: means of what falls together, straight lines between what lies apart, null before, after and between where nothing is. */
function spread(values: Values, count: number): (number | null)[] {
  if (values.length > count)
    return Array.from({ length: count }, (_, place) => {
      const [begin, end] = [place, place + 1].map((edge) => Math.floor((edge * values.length) / count));
      const some = values.slice(begin, end).filter((value) => value !== null);
      return some.length === 0 ? null : some.reduce((sum, value) => sum + value, 0) / some.length;
    });
  if (values.length === 1)
    return Array.from({ length: count }, (_, place) => (place === 0 ? (values[0] ?? null) : null));
  const gap = (count - 1) / (values.length - 1);
  return Array.from({ length: count }, (_, place) => {
    const at = place / gap;
    const [left, right] = [values[Math.floor(at)] ?? null, values[Math.ceil(at)] ?? null];
    if (left !== null && right !== null) return left + (right - left) * (at - Math.floor(at));
    const nearest = Math.round(at);
    return Math.round(nearest * gap) === place ? (values[nearest] ?? null) : null; // one that stands alone
  });
}
