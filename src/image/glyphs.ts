/** Cells of a letter; one free column stands between letters, one free row between lines. */
export const glyphWidth = 5;
export const glyphHeight = 7;

/** Letters of 5 x 7 cells, drawn for this project. Each sheet: its letters, then seven rows of them side by side. */
const sheets: readonly string[] = [
  `ABCDEFGHIJ
.###. ####. .###. ####. ##### ##### .###. #...# .###. ..###
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#.
#...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#.
##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#.
#...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#.
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#.
#...# ####. .###. ####. ##### #.... .#### #...# .###. .##..`,
  `KLMNOPQRST
#...# #.... #...# #...# .###. ####. .###. ####. .#### #####
#..#. #.... ##.## ##..# #...# #...# #...# #...# #.... ..#..
#.#.. #.... #.#.# #.#.# #...# #...# #...# #...# #.... ..#..
##... #.... #.#.# #..## #...# ####. #...# ####. .###. ..#..
#.#.. #.... #...# #...# #...# #.... #.#.# #.#.. ....# ..#..
#..#. #.... #...# #...# #...# #.... #..#. #..#. ....# ..#..
#...# ##### #...# #...# .###. #.... .##.# #...# ####. ..#..`,
  `UVWXYZ&-'.
#...# #...# #...# #...# #...# ##### .##.. ..... ..#.. .....
#...# #...# #...# #...# #...# ....# #..#. ..... ..#.. .....
#...# #...# #...# .#.#. .#.#. ...#. #.#.. ..... .#... .....
#...# #...# #.#.# ..#.. ..#.. ..#.. .#... ##### ..... .....
#...# #...# #.#.# .#.#. ..#.. .#... #.#.# ..... ..... .....
#...# .#.#. ##.## #...# ..#.. #.... #..#. ..... ..... .##..
.###. ..#.. #...# #...# ..#.. ##### .##.# ..... ..... .##..`,
  `0123456789
.###. ..#.. .###. ##### ...#. ##### .###. ##### .###. .###.
#...# .##.. #...# ...#. ..##. #.... #.... ....# #...# #...#
#..## ..#.. ....# ..#.. .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ...#. ...#. #..#. ....# ####. ...#. .###. .####
##..# ..#.. ..#.. ....# ##### ....# #...# ..#.. #...# ....#
#...# ..#.. .#... #...# ...#. #...# #...# ..#.. #...# ....#
.###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .###.`,
  `:!?,/()+"
..... ..#.. .###. ..... ....# ...#. .#... ..... .#.#.
.##.. ..#.. #...# ..... ....# ..#.. ..#.. ..#.. .#.#.
.##.. ..#.. ....# ..... ...#. .#... ...#. ..#.. .#.#.
..... ..#.. ...#. ..... ..#.. .#... ...#. ##### .....
.##.. ..#.. ..#.. .##.. .#... .#... ...#. ..#.. .....
.##.. ..... ..... .##.. #.... ..#.. ..#.. ..#.. .....
..... ..#.. ..#.. .#... #.... ...#. .#... ..... .....`,
];

const blank: [string, Uint8Array] = [' ', new Uint8Array(glyphWidth * glyphHeight)];

const glyphs: ReadonlyMap<string, Uint8Array> = new Map([...sheets.flatMap(readSheet), blank]);

function readSheet(sheet: string): [character: string, cells: Uint8Array][] {
  const [characters = '', ...rows] = sheet.split('\n');
  return Array.from(characters, (character, place) => {
    const left = place * (glyphWidth + 1);
    const drawn = rows.map((row) => row.slice(left, left + glyphWidth)).join('');
    return [character, Uint8Array.from(drawn, (cell) => (cell === '#' ? 1 : 0))];
  });
}

/** @returns [7, 5], 1 where there is ink; undefined for a character that was not drawn */
export function glyph(character: string): Uint8Array | undefined {
  return glyphs.get(character);
}

/**
 * A text as it can be written: capitals, accents taken off, underscores as spaces, straight quotes.
 * @returns undefined where a character is left that was not drawn, or nothing
 */
export function writable(text: string): string | undefined {
  const plain = text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[\s_]+/g, ' ')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .trim()
    .toUpperCase();
  return plain !== '' && Array.from(plain).every((character) => glyphs.has(character)) ? plain : undefined;
}
