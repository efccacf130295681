import stringWidth from 'string-width';

/** Rows of cells as lines, columns aligned by what a terminal shows (some characters are two columns wide). */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
  const pad = (cell: string, column: number) => cell + ' '.repeat((widths[column] as number) - stringWidth(cell));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

const barWidth = 24;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share of 1 as a bar of 24 columns. */
export function bar(share: number): string {
  const steps = Math.round(Math.min(1, Math.max(0, share)) * barWidth * 8);
  return '█'.repeat(Math.floor(steps / 8)) + eighths[steps % 8];
}

/** The one JSON object of `--json`; floats that came from float32 are cut to the digits that they have. */
export function printJson(value: unknown): void {
  const shorten = (_key: string, entry: unknown) =>
    entry instanceof Float32Array
      ? Array.from(entry, shortest)
      : typeof entry === 'number' && !Number.isInteger(entry)
        ? shortest(entry)
        : entry;
  console.log(JSON.stringify(value, shorten));
}

function shortest(value: number): number {
  return Number(value.toPrecision(9));
}
