/** The values of the rounds; `part` of `whole` where not all of the work was run. Or why there are none. */
export type Cell = { values: number[]; part?: number; whole?: number } | { missing: string; failed: boolean };

export type TableColumn = {
  title: string;
  /** Whether more is faster (a rate) or less is (seconds); `as it is` for what is not compared. */
  better: 'more' | 'less' | 'as it is';
  /** One per program. */
  cells: Cell[];
  /** GFLOP of one of the things that the rate counts. */
  gigaflop?: number;
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('Cannot take the median of no values');
  return (low + high) / 2;
}

/**
 * A Markdown table of medians: a row per program. In brackets, times as fast as the program of row `base`, and the
 * share of `ceiling`, in GFLOP/s, where the column has its operations.
 */
export function medianTable(
  programs: readonly string[],
  columns: readonly TableColumn[],
  base: number,
  ceiling?: number,
): string {
  return table(programs, columns, (column, cell) => {
    const value = median(cell.values);
    const notes: string[] = [];
    const other = column.cells[base];
    if (column.better !== 'as it is' && other && 'values' in other && other.values.length > 0) {
      const ratio = median(other.values) / value;
      notes.push(`${shown(column.better === 'more' ? 1 / ratio : ratio)}x`);
    }
    if (ceiling && column.gigaflop) notes.push(`${Math.round((100 * value * column.gigaflop) / ceiling)} %`);
    const part = cell.part === undefined ? '' : ` from ${cell.part} of ${cell.whole}`;
    return `${shown(value)}${column.better === 'as it is' ? 'x' : ''}${part}${notes.length ? ` (${notes.join(', ')})` : ''}`;
  });
}

/** The same table with the lowest and the highest of the rounds. */
export function spreadTable(programs: readonly string[], columns: readonly TableColumn[]): string {
  return table(
    programs,
    columns,
    (_column, { values }) => `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`,
  );
}

function table(
  programs: readonly string[],
  columns: readonly TableColumn[],
  text: (column: TableColumn, cell: { values: number[]; part?: number; whole?: number }) => string,
): string {
  const rows = programs.map((program, row) => [
    program,
    ...columns.map((column) => {
      const cell = column.cells[row];
      return cell && 'values' in cell && cell.values.length > 0 ? text(column, cell) : '–';
    }),
  ]);
  const head = ['', ...columns.map(({ title }) => title)];
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => (row[i] as string).length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Three digits or all before the point. */
function shown(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
