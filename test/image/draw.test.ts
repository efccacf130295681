import assert from 'node:assert/strict';
import { copyOf, paint, plainImage } from '../../src/image/draw.ts';
import { glyph, glyphHeight, glyphWidth, writable } from '../../src/image/glyphs.ts';
import type { Image } from '../../src/image/image.ts';
import { paintShape, type Shape, shapes } from '../../src/image/shapes.ts';
import { layOut, scrambledGrid, textGrid, writeGrid } from '../../src/image/write-text.ts';

const [white, black] = [[255, 255, 255] as const, [0, 0, 0] as const];

/** The red channel, row by row. */
function red({ width, data }: Image): number[][] {
  const values = Array.from({ length: data.length / 3 }, (_, pixel) => data[3 * pixel] as number);
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}

/** Ink as it would be drawn by hand. */
function drawing(cells: ArrayLike<number>, columns: number): string[] {
  return Array.from({ length: cells.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => (cells[row * columns + column] ? '#' : '.')).join(''),
  );
}

describe('painting', () => {
  it('fills whole pixels, and parts of pixels by the share that is covered', () => {
    const image = plainImage(4, 2, white);
    paint(image, (x, y) => x >= 0.5 && x < 2.25 && y < 1.5, { left: 0.5, top: 0, right: 2.25, bottom: 1.5 }, black);
    assert.deepEqual(red(image), [
      [128, 0, 191, 255], // a half, all, a quarter: 255 · 0.5 = 127.5, rounded
      [191, 128, 223, 255], // half as much: 255 · (1 - 1/8) = 223.1
    ]);
  });

  it('leaves alone what lies outside of the bounds and of the picture', () => {
    const image = plainImage(3, 3, white);
    paint(image, () => true, { left: 2, top: -5, right: 9, bottom: 1 }, [1, 2, 3]);
    assert.deepEqual(red(image), [
      [255, 255, 1],
      [255, 255, 255],
      [255, 255, 255],
    ]);
    assert.deepEqual([...image.data.subarray(6, 9)], [1, 2, 3]);
  });

  it('of a copy does not touch the original', () => {
    const image = plainImage(2, 2, white);
    paint(copyOf(image), () => true, { left: 0, top: 0, right: 2, bottom: 2 }, black);
    assert.ok(image.data.every((value) => value === 255));
  });
});

describe('shapes', () => {
  // Shares of the square around them: π/4; 0.9²; a triangle of base and height 1.9; a pentagram of radius 1; two bars; the
  // heart curve's 3.66 (Weisstein), shrunk by 1.2².
  const pentagram = 5 * Math.sin(Math.PI / 5) * ((3 - Math.sqrt(5)) / 2);
  const areas: Record<Shape, number> = {
    circle: Math.PI / 4,
    square: 0.9 ** 2,
    triangle: (1.9 * 1.9) / 2 / 4,
    star: pentagram / 4,
    cross: 0.33 * 2 - 0.33 ** 2,
    heart: 3.66197 / 1.44 / 4,
  };
  for (const shape of Object.keys(shapes) as Shape[]) {
    it(`${shape} has its area, and stays in its square`, () => {
      const image = plainImage(204, 204, white);
      paintShape(image, shape, { x: 102, y: 102, radius: 100 }, black);
      const ink = red(image)
        .flat()
        .reduce((sum, value) => sum + (255 - value) / 255, 0);
      assert.ok(Math.abs(ink / 200 ** 2 - areas[shape]) < 0.002, `${ink / 200 ** 2} for ${areas[shape]}`);
      const edge = red(image).flatMap((row, y) => (y === 0 || y === 203 ? row : [row[0], row[203]]));
      assert.ok(edge.every((value) => value === 255));
    });
  }
});

describe('letters', () => {
  it('are as drawn', () => {
    assert.deepEqual(drawing(glyph('R') ?? [], glyphWidth), [
      '####.',
      '#...#',
      '#...#',
      '####.',
      '#.#..',
      '#..#.',
      '#...#',
    ]);
  });

  it('all differ and fill their cells', () => {
    const characters = `ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789&-'.:!?,/()+" `;
    const drawn = Array.from(characters, (character) => {
      const cells = glyph(character);
      assert.equal(cells?.length, glyphWidth * glyphHeight, character);
      return cells?.join('');
    });
    assert.equal(new Set(drawn).size, characters.length);
  });

  it('write what has them, and say what has not', () => {
    assert.equal(writable('  café_au  lait'), 'CAFE AU LAIT');
    assert.equal(writable('“it’s”'), `"IT'S"`);
    assert.equal(writable('狗'), undefined);
    assert.equal(writable(' '), undefined);
  });
});

describe('writing', () => {
  it('sets letters with a free cell around', () => {
    const { rows, columns, cells } = textGrid(['I', 'II']);
    assert.deepEqual([rows, columns], [17, 13]);
    const rowsOfOne = ['..###........', ...Array(5).fill('...#.........'), '..###........'];
    const rowsOfTwo = ['..###...###..', ...Array(5).fill('...#.....#...'), '..###...###..'];
    const free = '.............';
    assert.deepEqual(drawing(cells, columns), [free, ...rowsOfOne, free, ...rowsOfTwo, free]);
  });

  it('breaks lines at spaces, and shrinks a word that is too wide', () => {
    assert.deepEqual(layOut('AB CD EF', 14, 64), { lines: ['AB CD', 'EF'], cell: 2 }); // five letters: 31 cells of 2
    assert.deepEqual(layOut('AB CD EF', 14, 61), { lines: ['AB', 'CD', 'EF'], cell: 2 });
    assert.deepEqual(layOut('A ABCDE', 14, 31), { lines: ['A', 'ABCDE'], cell: 1 });
  });

  it('puts the plate and the ink in exact pixels', () => {
    const image = plainImage(9, 11, [100, 100, 100]);
    writeGrid(image, textGrid(['I']), { left: 1, top: 1, cell: 1 }, { ink: black, plate: white });
    const around = Array(9).fill(100);
    const line = (ink: string) => [100, ...Array.from(ink, (cell) => (cell === '#' ? 0 : 255)), 100];
    const bar = '...#...';
    assert.deepEqual(red(image), [
      around,
      ...['.......', '..###..', bar, bar, bar, bar, bar, '..###..', '.......'].map(line),
      around,
    ]);
  });

  it('scrambles letters by the seed and keeps their ink', () => {
    const ink = (cells: Uint8Array) => cells.reduce((sum, cell) => sum + cell, 0);
    const [plain, first, same, other] = [
      textGrid(['DOG']),
      scrambledGrid(['DOG'], 1),
      scrambledGrid(['DOG'], 1),
      scrambledGrid(['DOG'], 2),
    ];
    assert.equal(ink(first.cells), ink(plain.cells));
    assert.deepEqual(first, same);
    assert.notDeepEqual(first.cells, other.cells);
    assert.notDeepEqual(first.cells, plain.cells);
  });

  it('refuses what it has no letter for', () => {
    assert.throws(() => textGrid(['a']), /Cannot write 'a': there is no glyph for 'a'/);
  });
});
