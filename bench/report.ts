import { reference } from './programs.ts';
import { medianTable, spreadTable, type TableColumn } from './table.ts';

export type Results = {
  command: string;
  machine: Record<string, string>;
  /** By package. */
  versions: Record<string, string>;
  model: string;
  rounds: number;
  programs: { name: string; threads: number }[];
  /** Programs that did not start, by name: why. */
  absent: Record<string, string>;
  /** Of each program's embeddings from those of the first. */
  differences: number[];
  columns: TableColumn[];
  /** The best matrix product of the run. */
  ceiling?: { gigaflops: number; program: string };
};

/** The whole result as Markdown. */
export function report(results: Results): string {
  const { programs, columns, ceiling, machine, versions } = results;
  const rows = [
    ...programs.map(({ name, threads }) => `${name} (${threads} thread${threads === 1 ? '' : 's'})`),
    ...Object.keys(results.absent).map((name) => `${name} (not there)`),
  ];
  const base = Math.max(
    0,
    programs.findIndex(({ name }) => name === reference),
  );
  const list = (entries: Record<string, string>) =>
    Object.entries(entries)
      .map(([name, value]) => `${name} ${value}`)
      .join('; ');
  const missing = [
    ...Object.entries(results.absent),
    ...columns.flatMap(({ title, cells }) =>
      cells.flatMap((cell, row) =>
        'missing' in cell ? [[`${programs[row]?.name}, ${title}`, cell.missing] as const] : [],
      ),
    ),
  ];
  const lines = [
    '# Results of `npm run bench`',
    '',
    'Written by the program; what the columns mean is in [README.md](README.md).',
    '',
    ...Object.entries({ command: `\`${results.command}\``, ...machine }).map(([name, value]) => `- ${name}: ${value}`),
    `- versions: ${list(versions)}`,
    `- model: ${results.model} with random weights, float32`,
    '',
    medianTable(rows, columns, base, ceiling?.gigaflops),
    '',
    `Medians of ${results.rounds} rounds (of at most 3 for the classifier and the JPEGs), programs taking turns. In brackets: ` +
      `times as fast as ${programs[base]?.name}` +
      (ceiling
        ? `, and for pictures the share of the best matrix product of this run, ${ceiling.gigaflops.toFixed(0)} GFLOP/s by ` +
          `${ceiling.program}. `
        : '. ') +
      '"from N of M": a part was run, and the value is scaled to the whole. Memory is in multiples of the float32 weights.',
    '',
    `Largest difference of a value of the unit embeddings from those of ${programs[0]?.name}: ` +
      `${programs.map(({ name }, row) => `${name} ${results.differences[row]?.toExponential(1)}`).join('; ')}.`,
    '',
    ...(missing.length > 0 ? ['Not there:', '', ...missing.map(([what, why]) => `- ${what}: ${why}`), ''] : []),
    'Lowest and highest of the rounds:',
    '',
    spreadTable(rows, columns),
    '',
  ];
  return lines.join('\n');
}
