import { addFound, type FoundRows, groupRows } from './found.ts';
import type { Rows } from './rows.ts';

/** How many pairs of the training data the concepts have. */
export type Balance = {
  concepts: number;
  fewest: number;
  median: number;
  most: number;
  /** By size: the largest, and the smallest, the smallest last. */
  largest: { concept: string; pairs: number }[];
  smallest: { concept: string; pairs: number }[];
};

const shown = 10;
/** Pairs of the largest for each of the smallest, from where on it is a fault. */
const mostRatio = 10;

/** Undefined where no row has a concept. Findings are at the rows of the concepts that are too large, and at lone ones. */
export function findBalance(found: FoundRows, rows: Rows): Balance | undefined {
  const training = [...rows.line.keys()].filter((row) => rows.set[row] === 0 && rows.concept[row] !== -1);
  const groups = groupRows(training, (row) => rows.concept[row]).sort((one, other) => other.length - one.length);
  const sizes = groups.map((group) => group.length);
  const [most, fewest] = [sizes[0], sizes.at(-1)];
  if (most === undefined || fewest === undefined) return undefined;
  for (const group of groups) {
    const detail = `${conceptOf(rows, group)}: ${group.length} pairs, the smallest has ${fewest}`;
    if (group.length > mostRatio * fewest) addFound(found, 'class-imbalance', { row: group[0] as number, detail });
    if (group.length === 1)
      addFound(found, 'lone-concept', { row: group[0] as number, detail: `concept ${conceptOf(rows, group)}` });
  }
  const describe = (group: readonly number[]) => ({ concept: conceptOf(rows, group), pairs: group.length });
  return {
    concepts: groups.length,
    fewest,
    median: sizes[Math.floor(sizes.length / 2)] as number,
    most,
    largest: groups.slice(0, shown).map(describe),
    smallest: groups.slice(-shown).map(describe),
  };
}

function conceptOf({ concept, concepts }: Rows, group: readonly number[]): string {
  return concepts[concept[group[0] as number] as number] as string;
}
