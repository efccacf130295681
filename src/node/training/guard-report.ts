import { percentWithInterval } from '../../evaluate/percent.ts';
import { chartHtml, type Section, tableHtml } from '../report.ts';
import { noteHtml } from '../report-figures.ts';
import type { EpochEntry } from './log.ts';

/** What the model knows of the guard set as a curve with its interval; nothing where it was not measured. */
export function guardChart(epochs: readonly EpochEntry[], stepsPerEpoch: number, lastStep: number): string[] {
  const measured = epochs.flatMap(({ epoch, guard }) => (guard ? [{ epoch, ...guard }] : []));
  const [first] = measured;
  if (!first) return [];
  const line = (label: string, key: 'value' | 'low' | 'high') => ({
    label,
    values: measured.map((score) => score[key]),
  });
  return [
    chartHtml({
      title: `Guard: ${first.metric}`,
      axis: 'step',
      x: measured.map(({ epoch }) => Math.min(epoch * stepsPerEpoch, lastStep)),
      lines: [line(first.metric, 'value'), line('95 %, from', 'low'), line('to', 'high')],
    }),
  ];
}

/** The same as a table. */
export function guardSection(epochs: readonly EpochEntry[]): Section[] {
  const measured = epochs.flatMap(({ epoch, guard, best }) => (guard ? [{ epoch, guard, best }] : []));
  const [first] = measured;
  if (!first) return [];
  const { metric, count, value } = first.guard;
  const rows = measured.map(({ epoch, guard, best }) => {
    const change = 100 * (guard.value - value);
    return [
      String(epoch),
      percentWithInterval(guard),
      `${change > 0 ? '+' : ''}${change.toFixed(1)}`,
      best ? 'yes' : '',
    ];
  });
  const what = metric === 'accuracy' ? 'zero-shot accuracy' : 'recall@1, the mean of both directions';
  return [
    {
      heading: 'Guard: what is kept of what the model knew',
      html:
        noteHtml(`${what} on ${count} pictures of the guard set, with its 95 % interval.`) +
        tableHtml([['epoch', metric, 'change in points', 'saved'], ...rows]),
    },
  ];
}
