import { permutation, sampleSeed } from '../random.ts';
import { type Colour, paint } from './draw.ts';
import { glyph, glyphHeight, glyphWidth } from './glyphs.ts';
import type { Image } from './image.ts';

/** Letters as a grid, a free cell all around. `cells` is [rows, columns], 1 where there is ink. */
export type TextGrid = { rows: number; columns: number; cells: Uint8Array };

/** Where a grid stands and how large a cell is, in pixels; not necessarily whole ones. */
export type TextPlace = { left: number; top: number; cell: number };

/**
 * Breaks a text at its spaces into lines that fit.
 * @param height of a letter, in pixels
 * @param width what a line with its margin may take, in pixels
 * @returns the lines and the pixels of a cell: height / 7, less where a word alone is wider
 */
export function layOut(text: string, height: number, width: number): { lines: string[]; cell: number } {
  const words = text.split(' ');
  const longest = Math.max(...words.map((word) => word.length));
  const cell = Math.min(height / glyphHeight, width / columnsOf(longest));
  const most = Math.max(longest, Math.floor((width / cell - 1) / (glyphWidth + 1)));
  const lines: string[] = [];
  for (const word of words) {
    const joined = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && joined.length <= most) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return { lines, cell };
}

function columnsOf(letters: number): number {
  return letters * (glyphWidth + 1) + 1;
}

/**
 * The cells of some lines, set from the left.
 * @param lines of characters that `glyph` knows
 */
export function textGrid(lines: readonly string[]): TextGrid {
  return gridOf(lines, (character) => glyph(character));
}

/** The same amount of ink in each letter's place, its cells shuffled by the seed: it covers as much and says nothing. */
export function scrambledGrid(lines: readonly string[], seed: number): TextGrid {
  return gridOf(lines, (character, line, place) => {
    const order = permutation(glyphWidth * glyphHeight, sampleSeed(seed, line, place));
    const cells = glyph(character);
    return cells?.map((_, at) => cells[order[at] as number] as number);
  });
}

type CellsOf = (character: string, line: number, place: number) => Uint8Array | undefined;

function gridOf(lines: readonly string[], cellsOf: CellsOf): TextGrid {
  const columns = columnsOf(Math.max(...lines.map((line) => line.length)));
  const rows = lines.length * (glyphHeight + 1) + 1;
  const cells = new Uint8Array(rows * columns);
  for (const [line, text] of lines.entries()) {
    for (const [place, character] of Array.from(text).entries()) {
      const letter = cellsOf(character, line, place);
      if (!letter) throw new RangeError(`Cannot write '${text}': there is no glyph for '${character}'`);
      const corner = (line * (glyphHeight + 1) + 1) * columns + place * (glyphWidth + 1) + 1;
      for (let row = 0; row < glyphHeight; row++)
        cells.set(letter.subarray(row * glyphWidth, (row + 1) * glyphWidth), corner + row * columns);
    }
  }
  return { rows, columns, cells };
}

/** Writes on a picture of mode RGB, in place: a plate as large as the grid, in whole pixels, and the ink on it. */
export function writeGrid(
  image: Image,
  { rows, columns, cells }: TextGrid,
  { left, top, cell }: TextPlace,
  { ink, plate }: { ink: Colour; plate: Colour },
): void {
  const bounds = { left, top, right: left + columns * cell, bottom: top + rows * cell };
  paint(image, () => true, bounds, plate);
  const isInk = (x: number, y: number) => {
    const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
    return column >= 0 && column < columns && row >= 0 && cells[row * columns + column] === 1;
  };
  paint(image, isInk, bounds, ink);
}
