/**
 * Puts white where a line drawing's lines enclose it: there a colour can be laid on, as if it had been coloured in.
 * What can be reached from the border without crossing a line stays transparent.
 * @param drawing [size, size, 4], the colours multiplied by alpha; changed in place
 */
export function fillInside(drawing: Uint8Array, size: number): void {
  const isOutside = new Uint8Array(size * size);
  const open: number[] = [];
  const visit = (row: number, column: number) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return;
    const at = row * size + column;
    if (isOutside[at] || (drawing[4 * at + 3] as number) > 127) return;
    isOutside[at] = 1;
    open.push(at);
  };
  for (let i = 0; i < size; i++) {
    visit(0, i);
    visit(size - 1, i);
    visit(i, 0);
    visit(i, size - 1);
  }
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [row, column] = [Math.floor(at / size), at % size];
    visit(row - 1, column);
    visit(row + 1, column);
    visit(row, column - 1);
    visit(row, column + 1);
  }
  for (let at = 0; at < size * size; at++) {
    if (isOutside[at]) continue;
    const white = 255 - (drawing[4 * at + 3] as number);
    for (let c = 0; c < 4; c++) drawing[4 * at + c] = (drawing[4 * at + c] as number) + white;
  }
}
