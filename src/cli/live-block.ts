import stringWidth from 'string-width';

/** What a terminal must have for a block: `process.stderr` is one. */
export type Terminal = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'write' | 'on' | 'off'>;

/** Lines at the bottom of a terminal that are drawn again in place. */
export type LiveBlock = {
  /** Draws what `draw` gives now. */
  redraw: () => void;
  /** Takes the lines away, so that something else can be written; the next `redraw` puts them below it. */
  clear: () => void;
  /** Clears, and leaves the terminal alone from then on. */
  close: () => void;
};

/**
 * @param draw lines for a terminal of so many columns and rows; one that is too long is cut, so that none is wrapped
 */
export function liveBlock(terminal: Terminal, draw: (columns: number, rows: number) => string[]): LiveBlock {
  let shown: string[] = [];
  const size = () => ({ columns: terminal.columns || 80, rows: terminal.rows || 24 });
  const clear = () => {
    if (shown.length > 0) terminal.write(eraseSequence(shown, size().columns));
    shown = [];
  };
  const redraw = () => {
    const { columns, rows } = size();
    const lines = draw(columns - 1, rows); // a full line would move the cursor to the next one
    const erase = shown.length > 0 ? eraseSequence(shown, columns) : '';
    shown = lines;
    terminal.write(erase + lines.join('\n'));
  };
  const onResize = () => {
    if (shown.length > 0) redraw();
  };
  terminal.on('resize', onResize);
  return {
    redraw,
    clear,
    close: () => {
      clear();
      terminal.off('resize', onResize);
    },
  };
}

/**
 * Goes to the beginning of lines that were written, the cursor being at the end of the last, and erases all from there on. In a window
 * that has become narrower, terminals wrap what was written, so that a line takes several rows.
 */
export function eraseSequence(lines: readonly string[], columns: number): string {
  const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
  return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}\u001b[J`;
}
