import type { RateGap } from '../../evaluate/audit/rates.ts';
import type { Rate } from '../../evaluate/groups.ts';
import { percent as percentOf, percentWithInterval } from '../../evaluate/percent.ts';

/** A part of a report: paragraphs and tables in order. */
export type Part = { heading: string; blocks: Block[] };

/** A paragraph, a list, or a table whose first row is the head. */
export type Block = { text: string } | { list: string[] } | { title: string; rows: string[][] };

/** What is shown where a figure is not known. */
export const unknownFigure = '–';

/** 0.1234 as `12.3 %`. */
export function percent(share: number): string {
  return Number.isNaN(share) ? unknownFigure : percentOf(share, 1);
}

/** A share with its interval and what it is a share of: `12.3 % (9.1 to 16.4, n = 300)`. */
export function rateText({ value, low, high, count }: Rate): string {
  return count === 0 ? unknownFigure : `${intervalText({ value, low, high })}, n = ${count}`;
}

/** A share with its interval, in per cent. */
export function intervalText(estimate: { value: number; low: number; high: number }): string {
  return Number.isNaN(estimate.value) ? unknownFigure : percentWithInterval(estimate);
}

/** A figure that is no share, to four digits. */
export function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return unknownFigure;
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : value > 0 ? '∞' : '-∞';
}

/** A gap with its interval and whose it is. */
export function gapText(gap: RateGap | null): string {
  if (!gap) return `${unknownFigure} (insufficient)`;
  return gap.value === 0 ? 'none' : `${intervalText(gap)}: ${gap.highest} less ${gap.lowest}`;
}
