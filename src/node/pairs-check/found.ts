import type { FindingKind } from './kinds.ts';

/** A row at which something was found. */
export type Found = {
  /** Index over the rows of all splits. */
  row: number;
  /** What shows it. */
  detail?: string;
  /** Index of the caption that is meant; by default the row's first. */
  caption?: number;
  /** Rows of one number belong together: the same picture, the same caption. */
  group?: number;
};

/** What was found so far, by kind. */
export type FoundRows = Map<FindingKind, Found[]>;

export function addFound(found: FoundRows, kind: FindingKind, entry: Found): void {
  const list = found.get(kind);
  if (list) list.push(entry);
  else found.set(kind, [entry]);
}

/** @param groups rows that belong together @param detail what shows it, of a row */
export function addGroups(
  found: FoundRows,
  kind: FindingKind,
  groups: readonly (readonly number[])[],
  detail?: (row: number, rows: readonly number[], group: number) => Omit<Found, 'row' | 'group'>,
): void {
  for (const [group, rows] of groups.entries())
    for (const row of rows) addFound(found, kind, { row, ...detail?.(row, rows, group), group });
}

/** Rows by a key, in the order in which the keys are first met; rows without a key are left out. */
export function groupRows<Key>(rows: Iterable<number>, keyOf: (row: number) => Key | undefined): number[][] {
  const groups = new Map<Key, number[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}
