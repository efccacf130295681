import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';

const separators = ['\t', ',', ';'] as const;

/** A row's cells, in the order of the columns that were asked for; or why it has none. */
export type TableRow = { line: number; cells: string[] } | { line: number; reason: string };

export type TableOptions = {
  /** Between columns; by default the first of tab, comma and semicolon that the header has. */
  separator?: string | undefined;
  /** What to do about a column that is missing. */
  cure: string;
};

/**
 * Columns of a table with a header, as RFC 4180 has them: a field in quotes may hold separators, line breaks and doubled
 * quotes. A quote inside a field that does not begin with one is an ordinary character.
 * @throws SyntaxError where a column is missing, or a quote is never closed
 */
export async function* readTable(
  source: string,
  columns: readonly string[],
  { separator, cure }: TableOptions,
): AsyncGenerator<TableRow> {
  const delimiter = separator ?? (await separatorOf(source));
  let [lastLine, doubled] = [0, 0];
  const parser = parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    on_record: (record, { lines }) => {
      doubled += record.join('').split('\r\n').length - 1; // csv-parse counts such a line break in quotes twice
      lastLine = lines - doubled;
      return { record, line: lastLine } satisfies Parsed as unknown as string[];
    },
  });
  const file = createReadStream(source);
  file.on('error', (error) => parser.destroy(error));
  let header: string[] | undefined;
  let places: number[] = [];
  try {
    for await (const { record, line } of file.pipe(parser) as AsyncIterable<Parsed>) {
      if (!header) {
        header = record.map((name) => name.trim());
        places = columns.map((name) => columnOf(source, header as string[], name, delimiter, cure));
        continue;
      }
      if (record.length === header.length) yield { line, cells: places.map((place) => record[place] ?? '') };
      else
        yield {
          line,
          reason: `it has ${record.length} ${record.length === 1 ? 'column' : 'columns'}, the header has ${header.length}`,
        };
    }
  } catch (error) {
    throw error instanceof CsvError ? tableFault(source, error, lastLine) : error;
  } finally {
    file.destroy();
  }
}

type Parsed = { record: string[]; line: number };

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
