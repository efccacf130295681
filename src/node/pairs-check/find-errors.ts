import { percent } from '../../evaluate/percent.ts';
import { kinds } from './kind-table.ts';
import type { Finding } from './report-types.ts';
import type { Rows } from './rows.ts';

/**
 * What training would stop at, or learn nothing from.
 * @param same for each picture, the first with the same bytes
 * @param maxBad share of a split's rows that may be unusable or have an unreadable picture
 */
export function findErrors(
  rows: Rows,
  same: ArrayLike<number>,
  isReadable: (picture: number) => boolean,
  maxBad: number,
): Finding[] {
  return rows.sets.flatMap(({ name, pairs, bad }, index) => {
    const usable = [...rows.line.keys()].filter(
      (row) => rows.set[row] === index && isReadable(rows.picture[row] as number),
    );
    const total = pairs + bad.length;
    const lost = total - usable.length;
    const pictures = new Set(usable.map((row) => same[rows.picture[row] as number])).size;
    const captions = new Set(usable.flatMap((row) => rows.captions[row] as number[])).size;
    const found: Finding[] = [];
    const add = (kind: 'too-few-pairs' | 'too-many-bad-rows', count: number, detail: string) =>
      found.push({ kind, ...kinds[kind], count, share: count / total, detail: `${name}: ${detail}`, places: [] });
    if (pictures < 2 || captions < 2)
      add('too-few-pairs', usable.length, `${pictures} different pictures, ${captions} different captions`);
    if (lost > maxBad * total)
      add(
        'too-many-bad-rows',
        lost,
        `${lost} of ${total} rows, ${percent(lost / total, 1)}; --max-bad allows ${percent(maxBad, 1)}`,
      );
    return found;
  });
}
