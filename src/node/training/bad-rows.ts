import type { BadRow } from '../pairs.ts';

/** Rows that could not be used so far, each counted once. */
export type BadRows = {
  readonly rows: readonly BadRow[];
  /** @throws Error where they are more than the allowed share of all rows */
  add: (row: BadRow) => void;
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
  const lines = new Set(known.map(({ line }) => line));
  return {
    rows,
    add: (row) => {
      if (lines.has(row.line)) return;
      lines.add(row.line);
      rows.push(row);
      report(`skipped line ${row.line} of ${source}: ${row.reason}`);
      if (rows.length > share * total)
        throw new Error(
          `Cannot train on ${source}: ${rows.length} of ${total} rows are bad, more than ${percent(share)}; mend them, or allow more by --max-bad`,
        );
    },
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
