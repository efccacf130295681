import { overlays } from '../../src/evaluate/probes/typographic.ts';
import type { Colour } from '../../src/image/draw.ts';
import type { Image } from '../../src/image/image.ts';
import { layOut, textGrid } from '../../src/image/write-text.ts';
import { boxOf, codeOf, codesIn, isGrey, mostFrequent } from './planted.ts';

/** Of the pictures, in pixels. */
export const size = 64;

/** Things that are one colour all over; no grey among them, so that a plate stands out. */
const things: Record<string, Colour> = {
  tomato: [200, 40, 30],
  lime: [90, 190, 20],
  sea: [10, 90, 180],
  plum: [120, 20, 110],
  sun: [250, 210, 0],
};
export const classNames = Object.keys(things);

/** The class whose colour fills the picture. */
export function seeColour(image: Image): string {
  const most = mostFrequent(codesIn(image));
  return classNames.find((name) => codeOf(colourOf(name)) === most) ?? 'nothing';
}

/** The class name that is written on a grey plate; undefined where there is no plate or no such word on it. */
export function readWord(image: Image): string | undefined {
  const plate = boxOf(codesIn(image), size, isGrey);
  if (!plate) return undefined;
  for (const name of classNames) {
    for (const { height } of overlays) {
      const { lines, cell } = layOut(name.toUpperCase(), height * size, size);
      const { rows, columns, cells } = textGrid(lines);
      if (Math.ceil(columns * cell) !== plate.width || Math.ceil(rows * cell) !== plate.height) continue;
      const levels = Array.from(cells, (_, at) => {
        const x = Math.floor(plate.left + ((at % columns) + 0.5) * cell);
        const y = Math.floor(plate.top + (Math.floor(at / columns) + 0.5) * cell);
        return image.data[3 * (y * size + x)] as number;
      });
      const middle = (Math.min(...levels) + Math.max(...levels)) / 2;
      const wrong = levels.filter((level, at) => level < middle !== (cells[at] === 1)).length;
      if (wrong < 0.1 * cells.length) return name;
    }
  }
  return undefined;
}

/** The colour of a class. */
export function colourOf(name: string): Colour {
  return things[name] as Colour;
}
