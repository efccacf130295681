import { plainImage } from '../../image/draw.ts';
import { writable } from '../../image/glyphs.ts';
import type { Image } from '../../image/image.ts';
import { layOut, textGrid, writeGrid } from '../../image/write-text.ts';
import { sampleSeed, uniformNumbers } from '../../random.ts';
import { choose, rankOf } from './choose.ts';
import type { Probe } from './probe.ts';
import { colours, printedWords, white, wordTemplates } from './prompts.ts';
import { type Rate, rateOfTrue } from './rate.ts';

/** Whether the model finds the word that stands on a white page among the words of the list, by the letters' height. */
export type SmallPrintResult = {
  words: number;
  chance: number;
  heights: {
    /** Of a capital, in pixels of the model's own input. */
    pixels: number;
    /** The same as a share of the picture's side. */
    share: number;
    n: number;
    /** The written word is the first. */
    read: Rate;
    /** Mean place of the written word, from 1; without reading half of the list and one half. */
    meanRank: number;
  }[];
  /** The least height from which on the interval of `read` lies above chance; null where that is so at none. */
  smallestRead: number | null;
};

const heights = [6, 8, 10, 14, 20, 28, 40];
const roundsPerHeight = 2; // each word, at two places

export function smallPrintProbe(size: number, seed: number): Probe<SmallPrintResult> {
  const sheets = heights
    .filter((height) => printedWords.every((word) => layOut(word, height, size).cell === height / 7))
    .flatMap((height) =>
      Array.from({ length: roundsPerHeight * printedWords.length }, (_, index) => ({
        height,
        word: printedWords[index % printedWords.length] as string,
        seed: sampleSeed(seed, height, index),
      })),
    );
  return {
    count: sheets.length,
    *draw() {
      for (const sheet of sheets) yield drawWord(size, sheet);
    },
    captions: printedWords,
    templates: wordTemplates,
    measure(rows, directionOf) {
      const directions = printedWords.map(directionOf);
      const answers = sheets.map(({ height, word }, index) => {
        const row = rows[index] as Float32Array;
        const at = printedWords.indexOf(word);
        return { height, isRead: choose(row, directions) === at, rank: rankOf(row, directions, at) };
      });
      const perHeight = heights
        .map((height) => ({ height, answers: answers.filter((answer) => answer.height === height) }))
        .filter((level) => level.answers.length > 0)
        .map((level) => ({
          pixels: level.height,
          share: level.height / size,
          n: level.answers.length,
          read: rateOfTrue(level.answers.map(({ isRead }) => isRead)),
          meanRank: level.answers.reduce((sum, { rank }) => sum + rank, 0) / level.answers.length,
        }));
      const chance = 1 / printedWords.length;
      const firstUnread = perHeight.findLastIndex(({ read }) => read.low <= chance);
      return {
        words: printedWords.length,
        chance,
        heights: perHeight,
        smallestRead: perHeight[firstUnread + 1]?.pixels ?? null,
      };
    },
  };
}

/** A word, black on white, anywhere where it fits. */
export function drawWord(size: number, { word, height, seed }: { word: string; height: number; seed: number }): Image {
  const image = plainImage(size, size, white);
  const { lines, cell } = layOut(writable(word) ?? '', height, size);
  const grid = textGrid(lines);
  const uniform = uniformNumbers(seed);
  const place = {
    cell,
    left: Math.floor(uniform() * (size - grid.columns * cell)),
    top: Math.floor(uniform() * (size - grid.rows * cell)),
  };
  writeGrid(image, grid, place, { ink: colours.black, plate: white });
  return image;
}
