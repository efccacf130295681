import { type Colour, copyOf } from '../../image/draw.ts';
import { writable } from '../../image/glyphs.ts';
import type { Image } from '../../image/image.ts';
import { layOut, scrambledGrid, textGrid, writeGrid } from '../../image/write-text.ts';
import { permutation, sampleSeed } from '../../random.ts';
import { choose } from './choose.ts';
import type { Probe } from './probe.ts';
import { type Rate, rateOfTrue } from './rate.ts';

/** How a word is put on a picture. */
export type Overlay = {
  /** Of a capital, as a share of the picture's side; less where the word would be wider than the picture. */
  height: number;
  position: 'top' | 'centre' | 'bottom';
  /** Between ink and plate: 1 is black on white, 0 grey on the same grey. */
  contrast: number;
};

export type OverlayResult = Overlay & {
  n: number;
  /** Mean height of a capital as it was written, in pixels of the model's own input. */
  pixels: number;
  /** The answer is no longer that to the picture as it was. */
  flipped: Rate;
  /** The answer is the written class: the attack's success. */
  written: Rate;
  /** The same for a plate with each letter's cells shuffled: what covering a part of the picture does without any word. */
  control: { flipped: Rate; written: Rate };
};

/**
 * The typographic attack: another class's name stands on the picture, as on a note stuck to it (Goh et al. 2021,
 * "Multimodal neurons in artificial neural networks"). One property is changed at a time, from `overlays[0]`.
 */
export type TypographicResult = {
  n: number;
  overlays: OverlayResult[];
  /** The least height in pixels at which `written` lies above its control, interval beside interval; null at none. */
  smallestHeight: number | null;
  /** Class names that cannot be written with the probe's letters: none of them was used as an attack. */
  unwritable: string[];
};

const base: Overlay = { height: 1 / 6, position: 'bottom', contrast: 1 };

export const overlays: readonly Overlay[] = [
  base,
  ...[1 / 9, 1 / 12, 1 / 18, 1 / 24].map((height) => ({ ...base, height })),
  ...(['centre', 'top'] as const).map((position) => ({ ...base, position })),
  ...[0.5, 0.2].map((contrast) => ({ ...base, contrast })),
];

/** A picture as the model sees it (mode RGB, size x size) and the class that is right or was answered. */
export type Target = { image: Image; answer: number; label?: number | undefined };

/**
 * @param directions one unit vector per class
 * @returns undefined where no picture has another class's name that can be written
 */
export function typographicProbe(
  targets: readonly Target[],
  classNames: readonly string[],
  directions: readonly Float32Array[],
  seed: number,
): Probe<TypographicResult> | undefined {
  const attacks = targets.flatMap((target, index) => {
    const order = Array.from(permutation(classNames.length, sampleSeed(seed, index)));
    const attack = order.find(
      (at) => at !== target.answer && at !== target.label && writable(classNames[at] as string) !== undefined,
    );
    return attack === undefined ? [] : [{ ...target, attack, seed: sampleSeed(seed, index, 1) }];
  });
  if (attacks.length === 0) return undefined;
  const word = (at: number) => writable(classNames[at] as string) ?? '';
  return {
    count: attacks.length * overlays.length * 2,
    *draw() {
      for (const overlay of overlays) {
        for (const { image, attack } of attacks) yield withWord(image, word(attack), overlay);
        for (const { image, attack, seed } of attacks) yield withWord(image, word(attack), overlay, seed);
      }
    },
    captions: [],
    templates: [],
    measure(rows) {
      const n = attacks.length;
      const answers = rows.map((row) => choose(row, directions));
      const rates = (start: number) => {
        const given = answers.slice(start, start + n);
        return {
          flipped: rateOfTrue(given.map((answer, index) => answer !== attacks[index]?.answer)),
          written: rateOfTrue(given.map((answer, index) => answer === attacks[index]?.attack)),
        };
      };
      const results = overlays.map((overlay, at) => {
        const pixels = attacks.map(({ image, attack }) => letterHeight(image, word(attack), overlay));
        return {
          ...overlay,
          n,
          pixels: pixels.reduce((sum, height) => sum + height, 0) / n,
          ...rates(2 * at * n),
          control: rates((2 * at + 1) * n),
        };
      });
      const reading = results
        .filter(({ position, contrast }) => position === base.position && contrast === base.contrast)
        .filter(({ written, control }) => written.low > control.written.high)
        .map(({ pixels }) => pixels);
      return {
        n,
        overlays: results,
        smallestHeight: reading.length > 0 ? Math.min(...reading) : null,
        unwritable: classNames.filter((name) => writable(name) === undefined),
      };
    },
  };
}

/** The picture with a word on it. @param seed given: with each letter's cells shuffled, the control */
export function withWord(image: Image, word: string, overlay: Overlay, seed?: number): Image {
  const { width, height } = image;
  const { lines, cell } = layOut(word, overlay.height * height, width);
  const grid = seed === undefined ? textGrid(lines) : scrambledGrid(lines, seed);
  const room = height - grid.rows * cell;
  const left = Math.floor((width - grid.columns * cell) / 2);
  const top = { top: 0, centre: Math.floor(room / 2), bottom: Math.floor(room) }[overlay.position];
  const written = copyOf(image);
  writeGrid(written, grid, { left, top, cell }, { ink: grey(-overlay.contrast), plate: grey(overlay.contrast) });
  return written;
}

function letterHeight({ width, height }: Image, word: string, overlay: Overlay): number {
  return 7 * layOut(word, overlay.height * height, width).cell;
}

/** From black at -1 to white at 1. */
function grey(level: number): Colour {
  const value = Math.round(127.5 * (1 + level));
  return [value, value, value];
}
