import stringWidth from 'string-width';
import { brailleCurve, type Values } from './braille-curve.ts';

/** A curve and what it is called; the last value is said. */
export type Panel = { title: string; values: Values };

/** Lines of braille of a curve. */
const curveRows = 4;

/** Characters that a curve has at least, with its numbers; narrower, it shows nothing. */
const narrowest = 28;

/** And at most: beyond, it is no clearer. */
const widest = 76;

/** Between two curves that stand beside each other. */
const gap = 3;

/**
 * Curves beside each other, as many as there is room for, the first first: a line of titles, and lines of braille with the largest and
 * least value.
 * @param columns characters of a line
 * @returns no lines where there is no room or nothing to draw
 */
export function curveLines(panels: readonly Panel[], columns: number): string[] {
  const shown = panels.filter(({ values }) => values.some((value) => value !== null));
  const count = Math.min(shown.length, Math.floor((columns + gap) / (narrowest + gap)));
  if (count < 1) return [];
  const width = Math.min(widest, Math.floor((columns - gap * (count - 1)) / count));
  const drawn = shown.slice(0, count).map((panel) => panelLines(panel, width));
  return Array.from({ length: curveRows + 1 }, (_, row) =>
    drawn
      .map((lines) => lines[row] as string)
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** `curveRows` + 1 lines of `width` characters. */
function panelLines({ title, values }: Panel, width: number): string[] {
  const labelWidth = 6;
  const curve = brailleCurve(values, width - labelWidth - 1, curveRows);
  const { lines = [], least = 0, most = 0 } = curve ?? {};
  const labels = lines.map((_, row) => (row === 0 ? figure(most) : row === curveRows - 1 ? figure(least) : ''));
  const last = values.findLast((value) => value !== null) as number;
  const head = `${' '.repeat(labelWidth + 1)}${title} ${figure(last)}`;
  return [padTo(head, width), ...lines.map((line, row) => `${(labels[row] as string).padStart(labelWidth)}┤${line}`)];
}

/** Three digits, in at most six characters where a loss or a share is meant. */
function figure(value: number): string {
  const text = String(Number(value.toPrecision(3)));
  return text.length <= 6 ? text : value.toExponential(0);
}

/** Cut or filled to a width. */
export function padTo(text: string, width: number): string {
  let kept = text;
  while (stringWidth(kept) > width) kept = kept.slice(0, -1);
  return kept + ' '.repeat(width - stringWidth(kept));
}
