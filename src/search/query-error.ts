const shown = 40; // characters of a long query before and after the place

/** A query that cannot be read; `position` is the place of the fault, in UTF-16 units from 0. */
export class QueryError extends SyntaxError {
  override readonly name = 'QueryError';
  readonly position: number;

  /** @param fault what was expected and what is there, with the cure */
  constructor(query: string, position: number, fault: string) {
    super(`Cannot read query: ${fault}\n${markedLine(query, position)}`);
    this.position = position;
  }
}

/** The query, or the part of it around the place, with a caret below. */
function markedLine(query: string, position: number): string {
  const start = Math.max(0, position - shown);
  const end = Math.min(query.length, position + shown);
  const before = `${start > 0 ? '…' : ''}${query.slice(start, position)}`;
  const after = `${query.slice(position, end)}${end < query.length ? '…' : ''}`;
  const blanks = ' '.repeat(Array.from(before).length);
  return `  ${`${before}${after}`.replace(/\s/g, ' ')}\n  ${blanks}^`;
}
