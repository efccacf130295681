import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import type { PairOptions, RawRow } from './pairs.ts';

const separators = ['\t', ',', ';'] as const;

/**
 * The rows of a table with a header, as RFC 4180 has them: a field in quotes may hold separators, line breaks and doubled
 * quotes. A quote inside a field that does not begin with one is an ordinary character.
 * @throws SyntaxError where a column is missing, or a quote is never closed
 */
export async function* tableRows(source: string, options: PairOptions): AsyncGenerator<RawRow> {
  const { imageColumn = 'filepath', textColumn = 'title', conceptColumn } = options;
  const delimiter = options.separator ?? (await separatorOf(source));
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
  let columns: number[] = [];
  try {
    for await (const { record, line } of file.pipe(parser) as AsyncIterable<Parsed>) {
      if (!header) {
        header = record.map((name) => name.trim());
        columns = [imageColumn, textColumn, ...(conceptColumn === undefined ? [] : [conceptColumn])].map((name) =>
          columnOf(source, header as string[], name, delimiter),
        );
        continue;
      }
      const [image = '', text = '', concept] = columns.map((column) => record[column]);
      if (record.length !== header.length)
        yield {
          line,
          reason: `it has ${record.length} ${record.length === 1 ? 'column' : 'columns'}, the header has ${header.length}`,
        };
      else yield { line, image, texts: [text], ...(concept && { concept }) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code !== 'CSV_QUOTE_NOT_CLOSED')
      throw new SyntaxError(`Cannot read ${source}: ${error.message}`, { cause: error });
    const cure = 'write a quote inside a quoted field twice, or take the quotes at the beginning of a field away';
    throw new SyntaxError(
      `Cannot read ${source}: a quote that is opened after line ${lastLine} is never closed; ${cure}`,
      { cause: error },
    );
  } finally {
    file.destroy();
  }
}

type Parsed = { record: string[]; line: number };

function columnOf(source: string, header: readonly string[], name: string, delimiter: string): number {
  const column = header.indexOf(name);
  if (column >= 0) return column;
  throw new SyntaxError(
    `Cannot read ${source}: expected a column '${name}' but its header, cut at ${JSON.stringify(delimiter)}, has ${header.map((found) => `'${found}'`).join(', ')}; ` +
      'name the columns by --image-column and --text-column, and what is between them by --separator',
  );
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
