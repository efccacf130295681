import type { FoundRows } from './found.ts';
import { kinds } from './kind-table.ts';
import type { FindingKind, Severity } from './kinds.ts';
import type { Finding, Place, Verdict } from './report-types.ts';
import type { Rows } from './rows.ts';

const order: readonly Severity[] = ['error', 'warning', 'note'];

/** Kinds that count concepts, not rows. */
const ofConcepts: readonly FindingKind[] = ['class-imbalance', 'lone-concept'];

/** Numbers of rows into findings with places, errors first. */
export function makeFindings(found: FoundRows, rows: Rows, concepts: number): Finding[] {
  const total = rows.sets.reduce((sum, { pairs, bad }) => sum + pairs + bad.length, 0);
  const all = (Object.keys(kinds) as FindingKind[]).flatMap((kind): Finding[] => {
    const places = kind === 'unusable-row' ? unusablePlaces(rows) : placesOf(kind, found, rows);
    if (places.length === 0) return [];
    const count = places.length;
    return [{ kind, ...kinds[kind], count, share: count / (ofConcepts.includes(kind) ? concepts : total), places }];
  });
  return all.sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

export function verdictOf(findings: readonly Pick<Finding, 'severity'>[]): Verdict {
  if (findings.some(({ severity }) => severity === 'error')) return 'not trainable';
  return findings.some(({ severity }) => severity === 'warning') ? 'trainable with warnings' : 'fit to train';
}

function placesOf(kind: FindingKind, found: FoundRows, rows: Rows): Place[] {
  const entries = found.get(kind) ?? [];
  const { drop } = kinds[kind];
  const seen = new Set<number>();
  const lastSplit = new Map<number, number>();
  for (const { row, group = -1 } of entries)
    lastSplit.set(group, Math.max(lastSplit.get(group) ?? 0, rows.set[row] as number));
  return entries.map(({ row, detail, caption, group }) => {
    const isFirst = group !== undefined && !seen.has(group);
    if (group !== undefined) seen.add(group);
    const isDropped =
      drop === 'all' ||
      (drop === 'all but the first' && !isFirst) ||
      (drop === 'what a later split has' && (rows.set[row] as number) < (lastSplit.get(group ?? -1) as number));
    const { name, first } = rows.sets[rows.set[row] as number] as Rows['sets'][number];
    const source = rows.pictures[rows.picture[row] as number] as Rows['pictures'][number];
    const text = rows.captionTexts[caption ?? ((rows.captions[row] as number[])[0] as number)] as string;
    const more = { ...(detail !== undefined && { detail }), ...(group !== undefined && { group }) };
    return {
      set: name,
      line: rows.line[row] as number,
      pair: row - first,
      ...source,
      caption: text,
      ...more,
      drop: isDropped,
    };
  });
}

function unusablePlaces({ sets }: Rows): Place[] {
  return sets.flatMap(({ name, bad }) =>
    bad.map(({ reason, ...where }) => ({ set: name, ...where, detail: reason, drop: true })),
  );
}
