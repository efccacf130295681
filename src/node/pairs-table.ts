import type { PairOptions, RawRow } from './pairs.ts';
import { readTable } from './table.ts';

const cure = 'name the columns by --image-column and --text-column, and what is between them by --separator';

/** The rows of a table of pictures and captions. @throws SyntaxError as `readTable` does */
export async function* tableRows(source: string, options: PairOptions): AsyncGenerator<RawRow> {
  const { imageColumn = 'filepath', textColumn = 'title', conceptColumn, separator } = options;
  const columns = [imageColumn, textColumn, ...(conceptColumn === undefined ? [] : [conceptColumn])];
  for await (const row of readTable(source, columns, { separator, cure })) {
    if ('reason' in row) yield row;
    else {
      const [image = '', text = '', concept] = row.cells;
      yield { line: row.line, image, texts: [text], ...(concept && { concept }) };
    }
  }
}
