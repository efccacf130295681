import { placeText } from '../node/pairs-check/place-text.ts';
import type { PairsReport } from '../node/pairs-check/report-types.ts';
import { shareOf } from '../node/pairs-check/sections.ts';
import { table } from './output.ts';

/** What a check of pairs has found, short: the verdict, a line per finding, false negatives. */
export function describePairs(report: PairsReport): string {
  const { verdict, sets, pictures, findings, falseNegatives, seconds } = report;
  const data = sets.map(({ name, rows }) => `${name} ${rows} rows`).join(', ');
  const rows = findings.map(({ severity, title, count, share, detail, places: [first] }) => [
    `  ${severity}`,
    title,
    String(count).padStart(6),
    shareOf(share).padStart(7),
    detail ?? (first ? `e.g. ${first.set === 'data' ? '' : `${first.set}, `}${placeText(first)}` : ''),
  ]);
  const { batchSize, pairShare } = falseNegatives;
  return [
    verdict,
    ...(rows.length > 0 ? [table(rows)] : []),
    `${data}, ${pictures} pictures, ${seconds.toFixed(1)} s; ${shareOf(pairShare)} of the pairs meet a false negative in a batch of ${batchSize}`,
  ].join('\n');
}
