import type { Interval } from '../evaluate/intervals.ts';
import { percent } from '../evaluate/percent.ts';
import type { BadPlace } from './labelled-pictures.ts';
import { type Section, tableHtml } from './report.ts';

/** A figure of a report: a share with its interval, and what to hold it against. */
export type Figure = { name: string; value: number | null; interval?: Interval | null; note?: string };

/** Shares as a table. */
export function figuresHtml(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, interval, note = '' }) => [
    name,
    value === null ? '–' : percent(value, 1),
    intervalText(interval),
    note,
  ]);
  return tableHtml([['measure', 'value', '95 % interval', ''], ...rows]);
}

/** An interval of a share, in percent. */
export function intervalText(interval: Interval | null | undefined): string {
  return interval && !Number.isNaN(interval.low)
    ? `${(100 * interval.low).toFixed(1)} to ${percent(interval.high, 1)}`
    : '';
}

/** What every evaluation's report ends with: what it was run with, and what it had to leave out. */
export function closingSections(
  facts: readonly (readonly [name: string, value: string])[],
  bad: readonly BadPlace[],
): Section[] {
  const run = { heading: 'Run with', html: tableHtml([['', ''], ...facts]) };
  if (bad.length === 0) return [run];
  const rows = bad.slice(0, mostBad).map(({ place, reason }) => [place, reason]);
  const heading = `What could not be used (${bad.length}${bad.length > mostBad ? `, the first ${mostBad} are shown` : ''})`;
  return [run, { heading, html: tableHtml([['where', 'why'], ...rows]) }];
}

const mostBad = 100;
