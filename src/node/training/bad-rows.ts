import type { BadRow } from '../pairs.ts';

/** Rows that could not be used so far, each counted once. */
export type BadRows = {
  readonly rows: readonly BadRow[];
  /** @throws Error where they are more than the allowed share of all rows */
  add: (row: BadRow) => void;
  /** As `add`, of rows that are known before the work: counted all, then judged. */
  addAll: (rows: readonly BadRow[]) => void;
};

/**
 * @param total rows of the source
 * @param share of them that may be bad
 * @param known rows that were reported by an earlier run of which this one goes on
 * @param report called for each new one
 */
export function countBadRows(
  source: string,
  total: number,
  share: number,
  known: readonly BadRow[],
  report: (message: string) => void,
): BadRows {
  const rows = [...known];
  const placeOf = ({ line, place }: BadRow) => place ?? `line ${line} of ${source}`;
  const places = new Set(known.map(placeOf));
  const take = (given: readonly BadRow[], atLeast: string) => {
    const fresh = given.filter((row) => !places.has(placeOf(row)));
    if (fresh.length === 0) return;
    for (const row of fresh) {
      places.add(placeOf(row));
      rows.push(row);
    }
    for (const row of fresh.slice(0, mostReports)) report(`skipped ${placeOf(row)}: ${row.reason}`);
    if (fresh.length > mostReports) report(`and ${fresh.length - mostReports} more lines`);
    if (rows.length > share * total)
      throw new Error(
        `Cannot train on ${source}: ${atLeast}${rows.length} of ${total} rows are bad, more than ${percent(share)}; mend them, or allow more by --max-bad`,
      );
  };
  return { rows, add: (row) => take([row], 'at least '), addAll: (given) => take(given, '') };
}

/** Rows that are named of those that are found at once. */
const mostReports = 20;

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
