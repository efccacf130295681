import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';

const separators = ['\t', ',', ';'] as const;

/** Where a row stands, and its cells in the order of the columns that were asked for; or why it has none. */
export type TableRow = RowPlace & ({ cells: string[] } | { reason: string });

/** A row's line, from 1, and the bytes of the file from which it can be read again. */
export type RowPlace = { line: number; offset: number; size: number };

export type TableOptions = {
  /** Between columns; by default the first of tab, comma and semicolon that the header has. */
  separator?: string | undefined;
  /** What to do about a column that is missing. */
  cure: string;
};

/** What a table's header says, with which any of its rows can be read alone. */
export type TableLayout = {
  delimiter: string;
  /** Between rows, as csv-parse found it. */
  lineEnds: Buffer[];
  /** Columns of a row. */
  width: number;
  /** Of the columns that were asked for. */
  places: number[];
};

const fields = { relax_column_count: true, relax_quotes: true, skip_empty_lines: true } as const;

/**
 * Columns of a table with a header, as RFC 4180 has them: a field in quotes may hold separators, line breaks and doubled
 * quotes. A quote inside a field that does not begin with one is an ordinary character.
 * @throws SyntaxError where a column is missing, or a quote is never closed
 */
export async function* readTable(
  source: string,
  columns: readonly string[],
  options: TableOptions,
): AsyncGenerator<TableRow> {
  const layout = await tableLayout(source, columns, options);
  if (!layout) return;
  let isHeader = true;
  for await (const { record, ...place } of records(source, layout.delimiter)) {
    if (!isHeader) yield { ...place, ...cellsOf(record, layout) };
    isHeader = false;
  }
}

/** Reads the header. @returns undefined where the file is empty @throws SyntaxError where a column is missing */
export async function tableLayout(
  source: string,
  columns: readonly string[],
  { separator, cure }: TableOptions,
): Promise<TableLayout | undefined> {
  const delimiter = separator ?? (await separatorOf(source));
  for await (const { record, lineEnds } of records(source, delimiter)) {
    const header = record.map((name) => name.trim());
    const places = columns.map((name) => columnOf(source, header, name, delimiter, cure));
    return { delimiter, lineEnds, width: header.length, places };
  }
  return undefined;
}

/** A row from its bytes. */
export function parseTableRow(bytes: Buffer, layout: TableLayout): { cells: string[] } | { reason: string } {
  const [record = []] = parseAtOnce(bytes, {
    ...fields,
    delimiter: layout.delimiter,
    record_delimiter: layout.lineEnds,
  });
  return cellsOf(record, layout);
}

function cellsOf(record: readonly string[], { width, places }: TableLayout): { cells: string[] } | { reason: string } {
  if (record.length === width) return { cells: places.map((place) => record[place] ?? '') };
  return { reason: `it has ${record.length} ${record.length === 1 ? 'column' : 'columns'}, the header has ${width}` };
}

type FoundRecord = RowPlace & { record: string[]; lineEnds: Buffer[] };

async function* records(source: string, delimiter: string): AsyncGenerator<FoundRecord> {
  let [lastLine, doubled, end] = [0, 0, 0];
  const parser = parse({
    ...{ delimiter, bom: true, ...fields },
    on_record: (record, { lines, bytes }) => {
      for (const cell of record) doubled += cell.split('\r\n').length - 1; // csv-parse counts such a line break in quotes twice
      lastLine = lines - doubled;
      const [offset, size] = [end, bytes - end];
      end = bytes;
      const lineEnds = parser.options.record_delimiter as unknown as Buffer[];
      return { record, line: lastLine, offset, size, lineEnds } satisfies FoundRecord as unknown as string[];
    },
  });
  const file = createReadStream(source);
  file.on('error', (error) => parser.destroy(error));
  try {
    yield* file.pipe(parser) as AsyncIterable<FoundRecord>;
  } catch (error) {
    throw error instanceof CsvError ? tableFault(source, error, lastLine) : error;
  } finally {
    file.destroy();
  }
}

function tableFault(source: string, error: CsvError, lastLine: number): SyntaxError {
  if (error.code !== 'CSV_QUOTE_NOT_CLOSED')
    return new SyntaxError(`Cannot read ${source}: ${error.message}`, { cause: error });
  const cure = 'write a quote inside a quoted field twice, or take the quotes at the beginning of a field away';
  return new SyntaxError(
    `Cannot read ${source}: a quote that is opened after line ${lastLine} is never closed; ${cure}`,
    { cause: error },
  );
}

function columnOf(source: string, header: readonly string[], name: string, delimiter: string, cure: string): number {
  const column = header.indexOf(name);
  if (column >= 0) return column;
  throw new SyntaxError(
    `Cannot read ${source}: expected a column '${name}' but its header, cut at ${JSON.stringify(delimiter)}, has ${header.map((found) => `'${found}'`).join(', ')}; ${cure}`,
  );
}

/** The names of a table's columns. @throws SyntaxError where a quote is never closed */
export async function readHeader(source: string): Promise<string[]> {
  const parser = parse({ delimiter: await separatorOf(source), bom: true, relax_quotes: true, to: 1 });
  const file = createReadStream(source);
  file.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of file.pipe(parser) as AsyncIterable<string[]>) return record.map((name) => name.trim());
    return [];
  } catch (error) {
    throw error instanceof CsvError ? tableFault(source, error, 0) : error;
  } finally {
    file.destroy();
  }
}

/** The first of tab, comma and semicolon that the first line has. */
async function separatorOf(source: string): Promise<string> {
  const file = await open(source);
  try {
    for await (const line of file.readLines({ autoClose: false }))
      return separators.find((separator) => line.includes(separator)) ?? ',';
    return ',';
  } finally {
    await file.close();
  }
}
