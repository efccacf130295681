import type { PairOptions, RawRow } from './pairs.ts';
import type { RowFormat } from './row-list.ts';
import { parseTableRow, readTable, type TableLayout, tableLayout } from './table.ts';

const cure = 'name the columns by --image-column and --text-column, and what is between them by --separator';

/** A table of pictures and captions. @throws SyntaxError as `readTable` does */
export async function tableFormat(source: string, options: PairOptions): Promise<RowFormat> {
  const { imageColumn = 'filepath', textColumn = 'title', conceptColumn, separator } = options;
  const columns = [imageColumn, textColumn, ...(conceptColumn === undefined ? [] : [conceptColumn])];
  const layout = await tableLayout(source, columns, { separator, cure });
  return {
    async *rows() {
      for await (const { line, offset, size, ...row } of readTable(source, columns, { separator, cure }))
        yield { offset, size, ...rawRow(line, row) };
    },
    parse: (bytes, line) => rawRow(line, parseTableRow(bytes, layout as TableLayout)),
  };
}

function rawRow(line: number, row: { cells: string[] } | { reason: string }): RawRow {
  if ('reason' in row) return { line, reason: row.reason };
  const [image = '', text = '', concept] = row.cells;
  return { line, image, texts: [text], ...(concept && { concept }) };
}
