import type { Interval } from '../evaluate/intervals.ts';
import { percent } from '../evaluate/percent.ts';
import { intervalText } from '../node/evaluation-sections.ts';
import { table } from './output.ts';

/** One of the figures that are printed. */
export type Measured = readonly [name: string, value: number | null, interval?: Interval | null];

export function figureTable(figures: readonly Measured[]): string {
  return table(
    figures.map(([name, value, interval]) => [
      `  ${name}`,
      value === null ? '–' : percent(value, 1).padStart(7),
      interval ? `95 %: ${intervalText(interval)}` : '',
    ]),
  );
}
